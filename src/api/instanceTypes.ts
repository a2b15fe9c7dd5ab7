/**
 * What the server and the browser say of the server itself: instances, who is signed in and how, what
 * was found wrong, and which files there are to choose from. On the wire as it stands here.
 */

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

/** A folder of the user's on the server. */
export interface IServerFolder {
  path: string;
  /** The folder as Jupyter's file browser names it; null where that cannot show it. */
  contents_path: string | null;
}

/** A mounted RSE whose files are moved on from site to site instead of through this server. */
export interface IScratch {
  rse: string;
  mount_path: string;
  mounted: boolean;
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
  can_download: boolean;
  can_upload: boolean;
  /** Where downloads go; null where there are none. */
  download_folder: IServerFolder | null;
  scratch: IScratch[];
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
