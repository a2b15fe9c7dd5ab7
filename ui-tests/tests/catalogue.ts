import { lake, root } from './lake';

/** So often is tried again what a busy catalogue refused. */
const ATTEMPTS = 20;
const PAUSE_MS = 200;

/** Registers a collection with metadata, of Rucio's own columns and of others alike. */
export async function register(
  kind: 'dataset' | 'container',
  did: string,
  metadata: Record<string, unknown> = {}
): Promise<void> {
  await post(path(did), { type: kind.toUpperCase() });
  if (Object.keys(metadata).length > 0) {
    await post(`${path(did)}/meta`, { meta: metadata });
  }
}

async function post(where: string, body: unknown): Promise<void> {
  const headers = {
    'X-Rucio-Auth-Token': await token(),
    'Content-Type': 'application/json'
  };
  let said = '';
  for (let i = 0; i < ATTEMPTS; i++) {
    const answer = await fetch(`${lake.rucio_url}${where}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body)
    });
    if (answer.ok) {
      return;
    }
    said = await answer.text();
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`Rucio refused ${where}: ${said}`);
}

async function token(): Promise<string> {
  const { username, password, account } = root;
  const answer = await fetch(`${lake.rucio_url}/auth/userpass`, {
    headers: {
      'X-Rucio-Username': username,
      'X-Rucio-Password': password,
      'X-Rucio-Account': account
    }
  });
  return answer.headers.get('X-Rucio-Auth-Token') ?? '';
}

function path(did: string): string {
  const colon = did.indexOf(':');
  const scope = encodeURIComponent(did.slice(0, colon));
  return `/dids/${scope}/${encodeURIComponent(did.slice(colon + 1))}`;
}
