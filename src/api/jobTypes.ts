/** Long work on the wire: jobs, their items, what they log, and the local copies that downloads leave. */

import type { IErrorBody } from './instanceTypes';
import type { DidType } from './types';

export type JobKind = 'download' | 'upload';

/** `interrupted`: the server, or the worker, went away while it ran. */
export type JobState =
  'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted';

/** `skipped`: there was nothing to do, since it is there already. */
export type JobItemState =
  'queued' | 'running' | 'done' | 'skipped' | 'failed' | 'cancelled';

/** A download or an upload, as it stands. */
export interface IJob {
  id: string;
  kind: JobKind;
  instance: string;
  title: string;
  state: JobState;
  /** null until it is known how many. */
  files_total: number | null;
  files_done: number;
  files_failed: number;
  bytes_total: number | null;
  bytes_done: number;
  rate_bytes_s: number | null;
  eta_s: number | null;
  error: IErrorBody | null;
  /** What it waits for, or what it did, in a sentence. */
  message: string | null;
  /** Where an upload goes. */
  rse: string | null;
  /** At most 20: what was asked for (download) or made (upload, the dataset first). */
  dids: string[];
  /** The folder on the server's disk. */
  path: string | null;
  /** The same as Jupyter's file browser names it; null where that cannot show it. */
  contents_path: string | null;
  /** Whether this server runs it; another process of the user's cannot be cancelled from here. */
  is_here: boolean;
  /** 1, and one more with each retry. */
  attempt: number;
  /** ISO 8601 with zone. */
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
}

export interface IJobItem {
  did: string | null;
  path: string | null;
  size_bytes: number | null;
  state: JobItemState;
  error: IErrorBody | null;
  message: string | null;
  rule_id: string | null;
  rule_url: string | null;
}

/** A job with its items, those that failed first. */
export interface IJobDetails extends IJob {
  items: IJobItem[];
  /** Whether there are more items than these. */
  items_truncated: boolean;
}

export interface IJobQuery {
  states?: readonly JobState[];
  kinds?: readonly JobKind[];
  instance?: string;
  limit?: number;
}

export interface IJobs {
  /** The newest first. */
  items: IJob[];
  count: number;
  truncated: boolean;
}

export interface IJobLog {
  text: string;
  /** Where the next part begins. */
  next_offset: number;
  /** Whether nothing more will come. */
  is_ended: boolean;
}

/** A job was taken, or the active one of the same work was found. */
export interface IJobAnswer {
  job: IJob;
}

export interface IDownloadRequest {
  dids: readonly string[];
  /** The dataset that the files belong to, whose folder they go into. */
  parent?: string;
  /** A second request with the same key gets the first one's job. */
  idempotency_key?: string;
}

/** What a download left on the disk. */
export interface ILocalCopy {
  path: string;
  contents_path: string | null;
  files: number;
  bytes: number;
  is_complete: boolean;
}

/** One of all the local copies of an instance. */
export interface ICopy extends ILocalCopy {
  did: string;
  type: DidType | null;
  /** Whether another extension's folder was found and is used. */
  is_legacy: boolean;
  modified_at: string | null;
}

/** The payload of the job event. */
export interface IJobEvent extends IJob {
  removed?: boolean;
}

/** The schema under which the server pushes jobs. */
export const JOB_EVENT = 'https://rucio.github.io/jupyterlab/job/v1';
