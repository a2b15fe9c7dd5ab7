import { ApiError } from '../api/errors';
import type {
  AuthType,
  DidType,
  IAvailability,
  ICredentials,
  ICredentialsRequest,
  IDiagnosis,
  IDidDetails,
  IDidItem,
  IErrorBody,
  IFileItem,
  IFolder,
  IInstance,
  IMakeAvailableRequest,
  IMetadataKey,
  IPlan,
  IReplicas,
  IResolved,
  IRse,
  IRule,
  IRuleChange,
  IRuleFile,
  IScope,
  ISearchRequest,
  IStreamEnd,
  ITestedCredentials,
  IUsage,
  IWayIn
} from '../api/types';
import type { FrameScheduler } from '../model/frames';
import type { IRucioApi } from '../tokens';

/** A stream whose batches, end and faults a test sends when it wants them to arrive. */
export class ScriptedStream<T = IDidItem> {
  constructor(readonly signal: AbortSignal | undefined) {}

  send(items: T[]): Promise<void> {
    return this._arrive({ items });
  }

  end(truncated = false): Promise<void> {
    return this._arrive({ end: { count: 0, truncated } });
  }

  fail(error: ApiError): Promise<void> {
    return this._arrive({ error });
  }

  async *items(): AsyncGenerator<T[], IStreamEnd> {
    for (;;) {
      const event = await this._next();
      if (event.error) {
        throw event.error;
      }
      if (event.end) {
        return event.end;
      }
      yield event.items ?? [];
    }
  }

  private async _next(): Promise<IEvent<T>> {
    for (;;) {
      const event = this._events.shift();
      if (event) {
        return event;
      }
      await new Promise<void>(resolve => {
        this._wake = resolve;
      });
    }
  }

  private async _arrive(event: IEvent<T>): Promise<void> {
    this._events.push(event);
    this._wake();
    await settled();
  }

  private readonly _events: IEvent<T>[] = [];
  private _wake: () => void = () => undefined;
}

interface IEvent<T> {
  items?: T[];
  end?: IStreamEnd;
  error?: ApiError;
}

/** Answers that a test gives or refuses, one by one. */
export class Answer<T> {
  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this._resolve = resolve;
      this._reject = reject;
    });
  }

  readonly promise: Promise<T>;

  async give(value: T): Promise<void> {
    this._resolve(value);
    await settled();
  }

  async refuse(error: ApiError): Promise<void> {
    this._reject(error);
    await settled();
  }

  private _resolve!: (value: T) => void;
  private _reject!: (error: ApiError) => void;
}

/** The server part as a test plays it. */
export class ScriptedApi implements IRucioApi {
  configured: IInstance[] = [instance('escape'), instance('other')];
  readonly searches: { query: ISearchRequest; stream: ScriptedStream }[] = [];
  readonly opened: { did: string; stream: ScriptedStream }[] = [];
  readonly asked: {
    dids: readonly string[];
    stream: ScriptedStream<IAvailability>;
    /** All of it in one piece, or none of it. */
    answer: Pick<Answer<IAvailability[]>, 'give' | 'refuse'>;
  }[] = [];
  readonly made: {
    request: IMakeAvailableRequest;
    answer: Answer<IAvailability>;
  }[] = [];
  knownCredentials: ICredentials = {
    type: 'userpass',
    params: {},
    expires_at: null,
    account: null,
    identity: null,
    credentials_expires_at: null,
    source: null,
    stored_in: null,
    problem: null,
    ways: [way('userpass')]
  };
  /** What every test of credentials is answered with, where they are refused. */
  credentialsFault: ApiError | null = null;
  readonly tested: ICredentialsRequest[] = [];
  /** By path; others do not exist. */
  folders: Record<string, IFolder | ApiError> = {};
  readonly signIns: { answer: Answer<void>; params: object }[] = [];
  readonly planned: { dids: readonly string[]; answer: Answer<IPlan> }[] = [];
  readonly changedRules: {
    id: string;
    change: IRuleChange | 'end';
    answer: Answer<IRule>;
  }[] = [];
  readonly scopeLists: ScriptedStream<IScope>[] = [];
  keys: IMetadataKey[] = [];
  quotas: IUsage[] = [];
  storages: IRse[] = [];
  /** By DID. */
  details: Record<string, IDidDetails> = {};
  fileItems: IFileItem[] = [];
  replicaItems: IReplicas[] = [];
  ruleItems: IRule[] = [];
  parentItems: IDidItem[] = [];
  ruleFileItems: IRuleFile[] = [];
  helloFault: ApiError | null = null;

  async hello() {
    if (this.helloFault) {
      throw this.helloFault;
    }
    return {
      version: '42.0.0',
      api: 1,
      rucio_clients_version: null,
      features: []
    };
  }

  async instances() {
    return {
      default_instance: this.configured[0]?.name ?? null,
      items: this.configured
    };
  }

  async credentials(): Promise<ICredentials> {
    return this.knownCredentials;
  }

  async testCredentials(
    _: string,
    request: ICredentialsRequest
  ): Promise<ITestedCredentials> {
    this.tested.push(request);
    if (this.credentialsFault) {
      throw this.credentialsFault;
    }
    return {
      type: request.type,
      account: 'alice',
      identity: 'alice',
      expires_at: null,
      credentials_expires_at: null
    };
  }

  async reloadConfiguration() {
    return this.instances();
  }

  async diagnosis(): Promise<IDiagnosis> {
    return { checks: [], report: '', checked_at: '2026-01-31T12:00:00Z' };
  }

  async folder(path = '/home/alice'): Promise<IFolder> {
    const folder = this.folders[path];
    if (!folder || folder instanceof ApiError) {
      throw folder ?? fault('no_such_folder', `There is no folder ${path}.`);
    }
    return folder;
  }

  async setCredentials(_: string, request: { params: object }) {
    const answer = new Answer<void>();
    this.signIns.push({ answer, params: request.params });
    await answer.promise;
    return this.credentials();
  }

  async deleteCredentials() {
    // Nothing to do: the next list of instances says what came of it.
  }

  searchDids(_: string, query: ISearchRequest, signal?: AbortSignal) {
    const stream = new ScriptedStream(signal);
    this.searches.push({ query, stream });
    return stream.items();
  }

  scopes(_: string, signal?: AbortSignal) {
    const stream = new ScriptedStream<IScope>(signal);
    this.scopeLists.push(stream);
    return stream.items();
  }

  async metadataKeys() {
    return this.keys;
  }

  async usage() {
    return this.quotas;
  }

  async rses() {
    return this.storages;
  }

  async did(_: string, did: string) {
    const details = this.details[did];
    if (!details) {
      throw fault('unknown_did', `Rucio has no DID ${did}.`);
    }
    return details;
  }

  files() {
    return whole(this.fileItems);
  }

  replicas() {
    return whole(this.replicaItems);
  }

  async rules() {
    return this.ruleItems;
  }

  parents() {
    return whole(this.parentItems);
  }

  ruleFiles() {
    return whole(this.ruleFileItems);
  }

  plan(_: string, dids: readonly string[]) {
    const answer = new Answer<IPlan>();
    this.planned.push({ dids, answer });
    return answer.promise;
  }

  async rule(_: string, id: string) {
    const rule = this.ruleItems.find(one => one.id === id);
    if (!rule) {
      throw fault('unknown_rule', 'There is no such rule.');
    }
    return rule;
  }

  changeRule(_: string, id: string, change: IRuleChange) {
    const answer = new Answer<IRule>();
    this.changedRules.push({ id, change, answer });
    return answer.promise;
  }

  endRule(_: string, id: string) {
    const answer = new Answer<IRule>();
    this.changedRules.push({ id, change: 'end', answer });
    return answer.promise;
  }

  content(_: string, did: string, signal?: AbortSignal) {
    const stream = new ScriptedStream(signal);
    this.opened.push({ did, stream });
    return stream.items();
  }

  availability(_: string, dids: readonly string[], signal?: AbortSignal) {
    const stream = new ScriptedStream<IAvailability>(signal);
    const answer = {
      give: async (items: IAvailability[]) => {
        await stream.send(items);
        await stream.end();
      },
      refuse: (error: ApiError) => stream.fail(error)
    };
    this.asked.push({ dids, stream, answer });
    return stream.items();
  }

  makeAvailable(_: string, request: IMakeAvailableRequest) {
    const answer = new Answer<IAvailability>();
    this.made.push({ request, answer });
    return answer.promise;
  }

  async endAvailability() {
    // Not part of these stories.
  }

  async attachments(): Promise<IResolved[]> {
    return [];
  }
}

/** A list that comes in one piece. */
async function* whole<T>(items: T[]): AsyncGenerator<T[], IStreamEnd> {
  if (items.length > 0) {
    yield items;
  }
  return { count: items.length, truncated: false };
}

/** Frames follow each other at once. */
export const atOnce: FrameScheduler = callback => {
  let isDisposed = false;
  void Promise.resolve().then(() => {
    if (!isDisposed) {
      callback();
    }
  });
  return {
    isDisposed,
    dispose: () => {
      isDisposed = true;
    }
  };
};

/** Until all that can happen without time passing has happened. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await Promise.resolve();
  }
}

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
    ...more
  };
}

export function fault(
  code: string,
  message = 'It did not work.',
  more: Partial<IErrorBody> = {}
): ApiError {
  return new ApiError(500, { message, code, hint: null, rucio: null, ...more });
}
