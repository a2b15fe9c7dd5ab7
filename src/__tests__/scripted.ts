import { ApiError } from '../api/errors';
import type {
  IAvailability,
  ICredentials,
  ICredentialsRequest,
  IDiagnosis,
  IDidDetails,
  IDidItem,
  IFileItem,
  IFolder,
  IInstance,
  IMakeAvailableRequest,
  IMetadataKey,
  IPlan,
  IReplicas,
  IResolved,
  IResolvedFile,
  IRse,
  IRule,
  IRuleChange,
  IRuleFile,
  IRules,
  IScope,
  ISearchRequest,
  ITestedCredentials,
  IUsage
} from '../api/types';
import type { IRucioApi } from '../tokens';
import { Answer, fault, ScriptedStream, whole } from './scriptedAnswers';
import { instance, way } from './scriptedItems';
import { ScriptedTransfers } from './scriptedTransfers';

export {
  Answer,
  atOnce,
  fault,
  ScriptedStream,
  settled
} from './scriptedAnswers';
export * from './scriptedItems';

/** The server part as a test plays it. */
export class ScriptedApi extends ScriptedTransfers implements IRucioApi {
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
  /** What moves, by instance; answered with unless `movingFault` is. */
  moving: Record<string, IRule[]> = {};
  movingFault: Error | null = null;
  /** The instances that do not answer what moves. */
  readonly silentOnMoving = new Set<string>();
  /** The instances that were asked for what moves. */
  readonly askedForMoving: string[] = [];
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

  async movingRules(name: string): Promise<IRules> {
    this.askedForMoving.push(name);
    if (this.movingFault) {
      throw this.movingFault;
    }
    if (this.silentOnMoving.has(name)) {
      await new Promise(() => undefined);
    }
    const items = this.moving[name] ?? [];
    return { items, count: items.length, truncated: false };
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

  async attachmentFiles(): Promise<IResolvedFile[]> {
    return [];
  }

  async attachments(): Promise<IResolved[]> {
    return [];
  }
}
