import type { IJob, IUploadPlan, IUploadPlanItem } from '../api/types';

/** What the server says of one file that would be made. */
export function planItem(
  name: string,
  more: Partial<IUploadPlanItem> = {}
): IUploadPlanItem {
  return {
    path: `/home/alice/${name}`,
    did: `user.alice:${name}`,
    name,
    size_bytes: 1000,
    status: 'new',
    message: null,
    proposal: null,
    via: 'stream',
    ...more
  };
}

/** A plan of these files, which can start where all are new. */
export function uploadPlan(
  items: IUploadPlanItem[],
  more: Partial<IUploadPlan> = {}
): IUploadPlan {
  const counts = {
    new: 0,
    exists: 0,
    conflict: 0,
    invalid_name: 0,
    duplicate: 0,
    unreadable: 0
  };
  items.forEach(item => counts[item.status]++);
  return {
    items,
    counts,
    files: counts.new,
    bytes: counts.new * 1000,
    truncated: false,
    place: {
      rse: 'LUND-USERDISK',
      is_writable: true,
      accepts_sign_in: true,
      bytes_used: 2e9,
      bytes_limit: 10e9,
      bytes_left: 8e9,
      has_quota: true
    },
    dataset: null,
    lifetime_days: 7,
    problems: [],
    can_start: counts.new === items.length,
    ...more
  };
}

/** An upload that the server has taken. */
export function uploadJob(id = 'job-1'): IJob {
  return {
    id,
    kind: 'upload',
    instance: 'escape',
    title: 'Upload',
    state: 'queued',
    files_total: null,
    files_done: 0,
    files_failed: 0,
    bytes_total: null,
    bytes_done: 0,
    rate_bytes_s: null,
    eta_s: null,
    error: null,
    message: null,
    rse: 'LUND-USERDISK',
    dids: [],
    path: null,
    contents_path: null,
    is_here: true,
    attempt: 1,
    created_at: '2026-01-31T12:00:00+00:00',
    started_at: null,
    ended_at: null
  };
}
