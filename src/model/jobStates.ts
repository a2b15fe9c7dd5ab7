import type { IJob, JobState } from '../api/types';

const ACTIVE: ReadonlySet<JobState> = new Set(['queued', 'running']);

/** Whether there is more to come of it. */
export function isActive({ state }: Pick<IJob, 'state'>): boolean {
  return ACTIVE.has(state);
}

/** Whether it ended with something left to do. */
export function isUnfinished({ state }: Pick<IJob, 'state'>): boolean {
  return state === 'failed' || state === 'interrupted' || state === 'cancelled';
}

/** Whether one word about a job was overtaken by the other: an attempt that ended does not go on. */
export function isOlder(word: IJob, known: IJob): boolean {
  return word.attempt === known.attempt
    ? isActive(word) && !isActive(known)
    : word.attempt < known.attempt;
}

/** How far it has come, from 0 to 1; null where nobody knows. */
export function fractionOf(job: IJob): number | null {
  if (job.state === 'done') {
    return 1;
  }
  if (job.bytes_total) {
    return Math.min(1, job.bytes_done / job.bytes_total);
  }
  // Empty files have no bytes to count by.
  return job.files_total ? Math.min(1, job.files_done / job.files_total) : null;
}
