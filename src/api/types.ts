/**
 * What the server and the browser say to each other, as it is on the wire.
 *
 * The same shapes are described in docs/api/openapi.yaml. Nothing here is computed by the browser.
 */

import type { ILocalCopy } from './jobTypes';

export type * from './instanceTypes';
export type * from './jobTypes';
export type * from './uploadTypes';
export { JOB_EVENT } from './jobTypes';

export type DidType = 'container' | 'dataset' | 'file';

/** What may be asked for in a search. */
export type DidTypeFilter =
  'all' | 'collection' | 'container' | 'dataset' | 'file';

export interface IDidItem {
  did: string;
  scope: string;
  name: string;
  type: DidType;
  /** In bytes; null where Rucio has not counted. */
  size: number | null;
  /** The number of files; null where Rucio has not counted. */
  length: number | null;
}

/** One DID with all that Rucio knows of it. */
export interface IDidDetails extends IDidItem {
  /** As `size`. */
  bytes: number | null;
  created_at: string | null;
  account: string | null;
  /** Whether more can be added to a collection. */
  open: boolean | null;
  metadata: Record<string, unknown>;
}

export interface IScope {
  scope: string;
}

export type MetadataType = 'string' | 'number' | 'boolean' | 'date';

/** A key that searches can have conditions on. */
export interface IMetadataKey {
  key: string;
  type: MetadataType | null;
  /** The only values that it may have, where it is so restricted. */
  values: unknown[] | null;
  source: 'did_column' | 'convention' | 'seen';
}

/** What a value is compared with; Rucio tells texts and numbers apart. */
export type FilterValue = string | number | boolean;

/** Conditions that hold together, in Rucio's form: `{"run_number.gt": 5, "datatype": "AOD"}`. */
export type FilterGroup = Record<string, FilterValue>;

export interface IUsage {
  rse: string;
  bytes_used: number;
  /** null: no limit was set. */
  bytes_limit: number | null;
  files: number | null;
}

export interface IRse {
  rse: string;
  deterministic: boolean;
  writable: boolean;
  mounted: boolean;
  mount_path: string | null;
}

/** How much of a DID is at one RSE. */
export interface IReplicas {
  rse: string;
  state: string;
  files: number | null;
  available_files: number | null;
  bytes: number | null;
  available_bytes: number | null;
  /** Of files only. */
  pfns?: string[];
}

export interface IFileItem {
  did: string;
  size: number | null;
  path: string | null;
  pfn: string | null;
}

/** A file that a rule has not brought yet. */
export interface IRuleFile {
  did: string;
  rse: string;
  state: string;
  size: number | null;
  error: string | null;
  since: string | null;
}

/** What may be changed about a rule. */
export interface IRuleChange {
  /** Days from now until it ends; null: never. */
  lifetime_days?: number | null;
  /** Have Rucio try again what is stuck. */
  retry?: true;
}

/** One of the places where data can be made available. */
export interface IPlanPlace {
  /** null: the disk of the server, where available means downloaded. */
  rse: string | null;
  mount_path: string;
  mounted: boolean;
  bytes_used: number | null;
  bytes_limit: number | null;
  /** Whether the account may put anything there; null where Rucio does not say. */
  has_quota: boolean | null;
  bytes_left: number | null;
  state: AvailabilityState;
  files_missing: number | null;
  bytes_missing: number | null;
}

/** What making DIDs available means, before it starts. */
export interface IPlan {
  items: {
    did: string;
    type: DidType | null;
    files: number | null;
    bytes: number | null;
  }[];
  files: number | null;
  bytes: number | null;
  places: IPlanPlace[];
  sources: {
    rse: string;
    files: number | null;
    available_files: number | null;
  }[];
  lifetime_days: number | null;
  message: string | null;
}

export interface IRule {
  id: string;
  did: string;
  did_type: DidType;
  /** The parent whose rule this is, or null where it is the DID's own. */
  via: string | null;
  rse_expression: string;
  state: string;
  locks_ok: number;
  locks_replicating: number;
  locks_stuck: number;
  error: string | null;
  account: string;
  created_at: string | null;
  expires_at: string | null;
  /** Since when it has not gone on. */
  stuck_since: string | null;
  comment: string | null;
  /** Whether it belongs to the account that is signed in. */
  is_mine: boolean;
  url: string | null;
}

export interface IRules {
  /** The newest first. */
  items: IRule[];
  count: number;
  truncated: boolean;
}

export type AvailabilityState =
  | 'available'
  | 'partial'
  | 'replicating'
  | 'stuck'
  | 'not_available'
  | 'empty'
  | 'unknown';

export interface IAvailability {
  did: string;
  /** Null where Rucio does not know the DID. */
  type: DidType | null;
  state: AvailabilityState;
  rse: string | null;
  files_total: number | null;
  files_available: number | null;
  files_replicating: number | null;
  files_stuck: number | null;
  bytes_total: number | null;
  bytes_available: number | null;
  /** A file's path on the server, once it is available. */
  path: string | null;
  rule: IRule | null;
  /** Seconds until all is there, as far as can be told. */
  eta_s: number | null;
  /** ISO 8601: when Rucio was asked. */
  updated_at: string | null;
  message: string | null;
  /** The download that brings it now. */
  job_id: string | null;
  /** What downloads have put on the server's disk. */
  local: ILocalCopy | null;
}

/** The payload of the availability event. */
export interface IAvailabilityEvent extends IAvailability {
  instance: string;
}

export interface IMakeAvailableRequest {
  did: string;
  /** One of the instance's destinations; the instance's first one otherwise. */
  rse?: string;
  /** Days until the rule ends; the instance's own lifetime otherwise. */
  lifetime_days?: number;
}

export interface ISearchRequest {
  scope: string;
  name: string;
  type: DidTypeFilter;
  /** At most so many; the server says so when it cut. */
  limit?: number;
  /** Alternatives, of which one has to hold. */
  filters?: readonly FilterGroup[];
  /** What is inside the container of this name, at any depth. */
  recursive?: boolean;
  /** Whether nobody asked for it now, so that it is no sign of life to a Hub. */
  isUnattended?: boolean;
}

export interface IAttachmentRequest {
  did: string;
  variable_name: string;
}

export interface IAttachmentsRequest {
  items: IAttachmentRequest[];
  notebook?: string;
  /** Writes each answer to a file too, for a kernel that gets no variables. */
  file?: boolean;
}

export interface IResolvedFile {
  /** null when it is not there. */
  path: string | null;
  pfn: string | null;
  did: string;
  size: number | null;
  /** Why it is not there. */
  message?: string;
  /** Where it would be, where only a look tells whether it is there. */
  expected?: string;
}

export interface IManifest {
  /** Where the kernel reads the list; JSON Lines of {path, pfn, did, size}. */
  path: string;
  /** For a kernel that does not see the path: its files are asked for by this. */
  id?: string;
  count: number;
  /** How many of the files are there. */
  available?: number | null;
  format: 'jsonl';
}

export interface IResolved {
  did: string;
  variable_name: string;
  type: DidType;
  state: AvailabilityState;
  count: number | null;
  /** How many of the files are there; null without a list of them. */
  available_count?: number | null;
  /** All files, of a collection that is partly there too; null where it cannot be told. */
  items?: IResolvedFile[] | null;
  manifest?: IManifest | null;
  message: string | null;
  /** A JSON file with all of this, where one was asked for. */
  file?: string;
}

/** How a list ended. */
export interface IStreamEnd {
  count: number;
  truncated: boolean;
  /** Why it was cut, where that was not because of the limit. */
  message?: string | null;
}

/** The schema under which the server pushes availability. */
export const AVAILABILITY_EVENT =
  'https://rucio.github.io/jupyterlab/availability/v1';
