import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The lake's connection file, as far as the stories need it. */
export interface ILake {
  rucio_url: string;
  accounts: Record<
    string,
    { username: string; password: string; account: string }
  >;
  examples: Record<string, string>;
  rses: Record<string, { mount_path: string | null; storage_path: string }>;
  storage: string;
  transfer_service: { control_url: string };
  daemons: { control_url: string };
  tls: { identities: Record<string, { passphrase?: string; dn: string }> };
  oidc: { token_url: string; issuer: string; subject: string };
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: run “make test-browser”.`);
  }
  return value;
}

export const lake: ILake = JSON.parse(
  readFileSync(required('LAKE_CONNECTION'), 'utf-8')
);

export const alice = lake.accounts.alice;
/** May change and end any rule. */
export const root = lake.accounts.root;

/** A dataset of so many files that no list of them should be waited for; in stories on posix. */
export const large = { did: 'bulk:files_100000_rule', files: 100_000 };

/** Below it are the notebooks of the JupyterLab under test. */
export const jupyterRoot = required('JUPYTER_ROOT');

/** The JupyterLab user's home folder; certificates/ in it holds the lake's identities. */
export const home = required('JUPYTER_USER_HOME');

export function certificate(
  identity: string,
  part: 'certificate' | 'key' | 'proxy'
): string {
  return path.join(home, 'certificates', `${identity}_${part}.pem`);
}

/** The configuration file of the JupyterLab under test. */
export const configFile = required('JUPYTER_CONFIG');

const tokenFile = required('TOKEN_FILE');

/** Does what a Hub does: puts a token of alice's where the instance *sso* looks for it. */
export async function provideToken(lifetime_s = 3600): Promise<void> {
  const answer = await fetch(lake.oidc.token_url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ lifetime_s })
  });
  const { token } = await answer.json();
  writeFileSync(`${tokenFile}.new`, `${token}\n`, { mode: 0o600 });
  renameSync(`${tokenFile}.new`, tokenFile);
}

export function removeToken(): void {
  rmSync(tokenFile, { force: true });
}

/** Changes how fast and how well the lake's transfers go, until it is called again. */
export async function setTransfers(
  settings: Record<string, unknown>
): Promise<void> {
  const answer = await fetch(lake.transfer_service.control_url, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(settings)
  });
  if (!answer.ok) {
    throw new Error(`The lake refused ${JSON.stringify(settings)}`);
  }
}

/** Transfers go on as fast as they can. */
export function freeTransfers(): Promise<void> {
  return setTransfers({ delay_s: 0, max_active: 4, may_finish: null });
}

/** How a fault shows: see tests/faultproxy.py, which stands before the instance *faulty*. */
export interface IFault {
  status?: number;
  delay_s?: number;
  drop?: boolean;
  cut_after_bytes?: number;
  pause_after_bytes?: number;
}

/** From now on, what the instance *faulty* asks of paths that hold `pathPart` goes wrong; null mends it. */
export async function setFault(
  pathPart: string,
  fault: IFault | null
): Promise<void> {
  await fetch(required('FAULT_PROXY'), {
    method: fault ? 'POST' : 'DELETE',
    body: fault ? JSON.stringify({ path_part: pathPart, ...fault }) : undefined
  });
}

/** The adler32 checksums of a dataset's files as Rucio has them, sorted. */
export async function checksums(did: string): Promise<string[]> {
  const { username, password, account } = alice;
  const login = await fetch(`${lake.rucio_url}/auth/userpass`, {
    headers: {
      'X-Rucio-Username': username,
      'X-Rucio-Password': password,
      'X-Rucio-Account': account
    }
  });
  const token = login.headers.get('X-Rucio-Auth-Token') ?? '';
  const [scope, name] = did.split(':');
  const answer = await fetch(
    `${lake.rucio_url}/dids/${scope}/${encodeURIComponent(name)}/files`,
    { headers: { 'X-Rucio-Auth-Token': token } }
  );
  const lines = (await answer.text()).trim().split('\n');
  return lines.map(line => JSON.parse(line).adler32 as string).sort();
}
