/** Uploads on the wire: what is asked for, and what it would make before it does. */

import type { IErrorBody } from './instanceTypes';

export interface IUploadRequest {
  /** Relative ones are those of the file browser. Folders are taken with all that is below. */
  paths: readonly string[];
  scope: string;
  rse: string;
  /** Put before every name. */
  prefix?: string;
  /** Into which dataset; it is made where it does not exist. */
  dataset?: { scope: string; name: string };
  /** Days until the rule ends; 0 or null: never; the instance's own lifetime where it is left out. */
  lifetime_days?: number | null;
  /** Whether names that Rucio would refuse are replaced by those proposed for them. */
  use_proposals?: boolean;
  /** Whether what was brought by way of scratch stays there for its time. */
  delay_deletion?: boolean;
  /** A second request with the same key gets the first one's job. */
  idempotency_key?: string;
}

export type UploadStatus =
  'new' | 'exists' | 'conflict' | 'invalid_name' | 'duplicate' | 'unreadable';

export interface IUploadPlanItem {
  path: string;
  did: string;
  name: string;
  size_bytes: number | null;
  status: UploadStatus;
  message: string | null;
  /** A name that Rucio would take. */
  proposal: string | null;
  /** Through this server, or from site to site. */
  via: 'stream' | 'third_party';
}

/** The RSE that an upload goes to. */
export interface IUploadPlace {
  rse: string;
  is_writable: boolean;
  /** Whether the storage takes the way of signing in; null where that is not known. */
  accepts_sign_in: boolean | null;
  bytes_used: number | null;
  bytes_limit: number | null;
  bytes_left: number | null;
  /** Whether the account may put anything there; null where Rucio does not say. */
  has_quota: boolean | null;
}

export interface IUploadDataset {
  did: string;
  exists: boolean;
  is_open: boolean | null;
  files: number | null;
}

/** What an upload would make; nothing has moved. */
export interface IUploadPlan {
  /** At most 1000, those in the way first. */
  items: IUploadPlanItem[];
  counts: Record<UploadStatus, number>;
  /** Of the new ones. */
  files: number;
  bytes: number;
  truncated: boolean;
  place: IUploadPlace;
  dataset: IUploadDataset | null;
  lifetime_days: number | null;
  /** Each stands in the way of the whole. */
  problems: IErrorBody[];
  can_start: boolean;
}
