/**
 * What the server and the browser say to each other, as it is on the wire.
 *
 * The same shapes are described in docs/api/openapi.yaml. Nothing here is computed by the browser.
 */

export type DidType = 'container' | 'dataset' | 'file';

/** What may be asked for in a search. */
export type DidTypeFilter =
  'all' | 'collection' | 'container' | 'dataset' | 'file';

export type Mode = 'replica' | 'download';

/** What Rucio itself said, as it said it. */
export interface IRucioFault {
  exception_class: string;
  exception_message: string;
}

/** The error object that every failed request answers with. */
export interface IErrorBody {
  /** A sentence for the user. */
  message: string;
  /** A stable word that code may compare. */
  code: string;
  /** The next step, or null. */
  hint: string | null;
  rucio: IRucioFault | null;
  /** Of a configuration error, every key that is wrong. */
  details?: { key: string; reason: string }[];
}

export type AuthType = 'userpass' | 'x509' | 'x509_proxy' | 'oidc';

/** `provided`: found on the server, with nothing to type. `memory`: until the server ends. */
export type CredentialsSource = 'stored' | 'memory' | 'provided';

/** What the administrator lets users do. */
export interface IPolicy {
  type_credentials: boolean;
  store_credentials: boolean;
  pick_files: boolean;
}

export interface IHello {
  version: string;
  /** The version of this contract; the browser speaks 1. */
  api: number;
  rucio_clients_version: string | null;
  features: string[];
}

export interface IDestination {
  rse: string;
  mount_path: string;
  /** Whether `mount_path` can be read on the server. */
  mounted: boolean;
  /** The mount as Jupyter's file browser names it; null where that cannot show it. */
  contents_path: string | null;
}

export interface IInstance {
  name: string;
  display_name: string;
  mode: Mode;
  auth_types: AuthType[];
  auth_type: AuthType;
  authenticated: boolean;
  account: string | null;
  /** ISO 8601, or null where there is no token yet. */
  token_expires_at: string | null;
  /** Whom the credentials name: a user name, a certificate's DN, a token's subject. */
  identity: string | null;
  /** When the certificate, the proxy or the provided token itself ends. */
  credentials_expires_at: string | null;
  credentials_source: CredentialsSource | null;
  /** Why the credentials do not do now. */
  credentials_problem: IErrorBody | null;
  policy: IPolicy;
  destinations: IDestination[];
  wildcard_enabled: boolean;
  webui_url: string | null;
  /** What keeps this instance from working, or null. */
  problem: IErrorBody | null;
}

export interface IInstances {
  default_instance: string | null;
  items: IInstance[];
}

/** What may be known of the way in; secrets are never among it. */
export interface ICredentials {
  type: AuthType;
  params: Record<string, unknown>;
  /** When Rucio's token ends. */
  expires_at: string | null;
  account: string | null;
  identity: string | null;
  credentials_expires_at: string | null;
  source: CredentialsSource | null;
  stored_in: 'file' | 'keyring' | null;
  problem: IErrorBody | null;
  /** What the instance offers, in the order in which it should be shown. */
  ways: IWayIn[];
}

/** One way to sign in, and what was found on the server for it. */
export interface IWayIn {
  type: AuthType;
  /** Nothing has to be typed or chosen for it. */
  is_provided: boolean;
  /** Where it was found or is looked for. */
  where: string | null;
  /** What a form begins with. */
  params: Record<string, string>;
  identity: string | null;
  /** Who vouches for a token. */
  issuer: string | null;
  expires_at: string | null;
  /** Why it would not do now. */
  problem: IErrorBody | null;
}

/** What is sent to sign in. */
export interface ICredentialsRequest {
  type: AuthType;
  params: Record<string, string>;
  /** Whether they may outlive the Jupyter server; yes where it is left out. */
  remember?: boolean;
}

/** What Rucio answered to credentials that were tried and not kept. */
export interface ITestedCredentials {
  type: AuthType;
  account: string | null;
  identity: string | null;
  expires_at: string | null;
  credentials_expires_at: string | null;
}

/** One thing that was looked at; `ok` is true for the severity `ok` alone. */
export interface ICheck {
  name: string;
  title: string;
  ok: boolean;
  severity: 'ok' | 'warning' | 'error' | 'skipped';
  message: string;
  hint: string | null;
}

export interface IDiagnosis {
  checks: ICheck[];
  /** The same as text for a ticket. */
  report: string;
  checked_at: string;
}

/** The names in a folder of the server. */
export interface IFolder {
  path: string;
  /** null at the top of what may be seen. */
  parent: string | null;
  entries: IFolderEntry[];
  truncated: boolean;
}

export interface IFolderEntry {
  name: string;
  path: string;
  type: 'folder' | 'file';
  size: number | null;
  modified_at: string | null;
  is_readable: boolean;
}

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
  rse: string;
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
}

export interface IResolvedFile {
  path: string | null;
  pfn: string | null;
  did: string;
  size: number | null;
}

export interface IManifest {
  /** Where the kernel reads the list; JSON Lines of {path, pfn, did, size}. */
  path: string;
  count: number;
  format: 'jsonl';
}

export interface IResolved {
  did: string;
  variable_name: string;
  type: DidType;
  state: AvailabilityState;
  count: number | null;
  items?: IResolvedFile[] | null;
  manifest?: IManifest | null;
  message: string | null;
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
