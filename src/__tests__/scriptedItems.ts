import type {
  AuthType,
  DidType,
  IAvailability,
  IDidItem,
  IFolder,
  IInstance,
  IJob,
  IWayIn
} from '../api/types';
import { fault } from './scriptedAnswers';

export function instance(
  name: string,
  more: Partial<IInstance> = {}
): IInstance {
  return {
    name,
    display_name: name.toUpperCase(),
    mode: 'replica',
    auth_types: ['userpass'],
    auth_type: 'userpass',
    authenticated: true,
    account: 'alice',
    token_expires_at: null,
    identity: 'alice',
    credentials_expires_at: null,
    credentials_source: 'stored',
    credentials_problem: null,
    policy: {
      type_credentials: true,
      store_credentials: true,
      pick_files: true
    },
    destinations: [
      {
        rse: 'EULAKE-1',
        mount_path: '/eos',
        mounted: true,
        contents_path: null
      }
    ],
    wildcard_enabled: false,
    webui_url: null,
    can_download: false,
    can_upload: true,
    download_folder: null,
    scratch: [],
    problem: null,
    ...more
  };
}

/** An instance whose provided token is over. */
export function expired(name: string, more: Partial<IInstance> = {}) {
  return instance(name, {
    auth_types: ['oidc'],
    auth_type: 'oidc',
    authenticated: false,
    credentials_source: 'provided',
    credentials_problem: fault('token_expired', 'The token ended at 12:00.', {
      hint: 'Start your server again.'
    }).toBody(),
    ...more
  });
}

/** A way in that nothing was found for. */
export function way(type: AuthType, more: Partial<IWayIn> = {}): IWayIn {
  return {
    type,
    is_provided: false,
    where: null,
    params: {},
    identity: null,
    issuer: null,
    expires_at: null,
    problem: null,
    ...more
  };
}

/** A folder; names that end in a slash are folders in it, those that begin with `!` cannot be read. */
export function folder(path: string, ...names: string[]): IFolder {
  const up = path.lastIndexOf('/');
  return {
    path,
    parent: up > 0 ? path.slice(0, up) : null,
    entries: names.map(name => {
      const plain = name.replace(/^!|\/$/g, '');
      return {
        name: plain,
        path: `${path}/${plain}`,
        type: name.endsWith('/') ? 'folder' : 'file',
        size: name.endsWith('/') ? null : 1700,
        modified_at: '2026-01-31T12:00:00Z',
        is_readable: !name.startsWith('!')
      };
    }),
    truncated: false
  };
}

export function item(did: string, type: DidType = 'file'): IDidItem {
  const colon = did.indexOf(':');
  return {
    did,
    scope: did.slice(0, colon),
    name: did.slice(colon + 1),
    type,
    size: 1000,
    length: type === 'file' ? null : 3
  };
}

/** `count` files of a scope: demo:f0, demo:f1 and so on. */
export function files(count: number, from = 0): IDidItem[] {
  return Array.from({ length: count }, (_, i) => item(`demo:f${from + i}`));
}

export function availability(
  did: string,
  state: IAvailability['state'],
  more: Partial<IAvailability> = {}
): IAvailability {
  return {
    did,
    type: 'dataset',
    state,
    rse: 'EULAKE-1',
    files_total: 3,
    files_available: state === 'available' ? 3 : 0,
    files_replicating: state === 'replicating' ? 3 : 0,
    files_stuck: 0,
    bytes_total: 3000,
    bytes_available: 0,
    path: null,
    rule: null,
    eta_s: null,
    updated_at: null,
    message: null,
    job_id: null,
    local: null,
    ...more
  };
}

/** A download that runs and is half done. */
export function job(id: string, more: Partial<IJob> = {}): IJob {
  return {
    id,
    kind: 'download',
    instance: 'escape',
    title: `demo:${id}`,
    state: 'running',
    files_total: 2,
    files_done: 1,
    files_failed: 0,
    bytes_total: 2000,
    bytes_done: 1000,
    rate_bytes_s: 100,
    eta_s: 10,
    error: null,
    message: null,
    rse: null,
    dids: [`demo:${id}`],
    path: `/home/alice/rucio/demo/${id}`,
    contents_path: `rucio/demo/${id}`,
    is_here: true,
    attempt: 1,
    created_at: '2026-01-31T12:00:00Z',
    started_at: '2026-01-31T12:00:01Z',
    ended_at: null,
    ...more
  };
}
