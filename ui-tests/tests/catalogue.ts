import { alice, lake, root } from './lake';

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

/** Puts files into a dataset, or collections into a container. */
export async function addTo(
  collection: string,
  ...dids: string[]
): Promise<void> {
  await post(`${path(collection)}/dids`, {
    dids: dids.map(did => {
      const [scope, name] = did.split(':');
      return { scope, name };
    })
  });
}

/** Nothing may be put into a dataset from now on. */
export async function close(did: string): Promise<void> {
  await send('PUT', `${path(did)}/status`, { open: false });
}

/** A rule of alice's that no page has asked for. Resolves with its id. */
export async function addRule(did: string, rse: string): Promise<string> {
  const [scope, name] = did.split(':');
  const said = await post('/rules/', {
    dids: [{ scope, name }],
    copies: 1,
    rse_expression: rse,
    account: alice.account
  });
  const [id] = JSON.parse(said) as string[];
  return id;
}

/** Ends the rules of alice's that are not at rest, and waits until there are none. */
export async function endMovingRules(): Promise<void> {
  for (let i = 0; i < ATTEMPTS; i++) {
    const moving = await movingRules();
    if (moving.length === 0) {
      return;
    }
    for (const id of moving) {
      // By now, which is sooner than Rucio ends what is deleted.
      await send('PUT', `/rules/${id}`, { options: { lifetime: 0 } });
    }
    await fetch(`${lake.daemons.control_url}/pass`, { method: 'POST' });
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error('Rules of alice go on moving.');
}

async function movingRules(): Promise<string[]> {
  const answer = await fetch(
    `${lake.rucio_url}/rules/?account=${alice.account}`,
    { headers: { 'X-Rucio-Auth-Token': await token() } }
  );
  return (await answer.text())
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as { id: string; state: string })
    .filter(({ state }) => state !== 'OK')
    .map(({ id }) => id);
}

function post(where: string, body: unknown): Promise<string> {
  return send('POST', where, body);
}

/** Resolves with what Rucio said. */
async function send(
  method: 'POST' | 'PUT',
  where: string,
  body: unknown
): Promise<string> {
  const headers = {
    'X-Rucio-Auth-Token': await token(),
    'Content-Type': 'application/json'
  };
  let said = '';
  for (let i = 0; i < ATTEMPTS; i++) {
    const answer = await fetch(`${lake.rucio_url}${where}`, {
      method,
      headers,
      body: JSON.stringify(body)
    });
    said = await answer.text();
    if (answer.ok) {
      return said;
    }
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
