import type { IRucioApi } from '../tokens';
import { at, UNATTENDED } from './paths';
import { requestJson, streamItems, withQuery } from './request';
import { TransfersApi } from './transfers';
import type {
  IAttachmentsRequest,
  IAvailability,
  ICredentials,
  ICredentialsRequest,
  IDiagnosis,
  IDidDetails,
  IDidItem,
  IFileItem,
  IFolder,
  IHello,
  IInstances,
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
  IStreamEnd,
  ITestedCredentials,
  IUsage
} from './types';

/** Rucio makes the rule of a large collection while the request waits, which can take minutes. */
const RULE_MS = 240_000;

/** The routes of the server part, one method each. */
export class RucioApi extends TransfersApi implements IRucioApi {
  hello(): Promise<IHello> {
    return requestJson('hello', {}, this.settings);
  }

  instances(isUnattended = false): Promise<IInstances> {
    return requestJson(
      withQuery('instances', isUnattended ? UNATTENDED : {}),
      {},
      this.settings
    );
  }

  credentials(instance: string): Promise<ICredentials> {
    return requestJson(at(instance, 'credentials'), {}, this.settings);
  }

  setCredentials(
    instance: string,
    credentials: ICredentialsRequest
  ): Promise<ICredentials> {
    return requestJson(
      at(instance, 'credentials'),
      { method: 'PUT', body: credentials },
      this.settings
    );
  }

  deleteCredentials(instance: string): Promise<void> {
    return requestJson(
      at(instance, 'credentials'),
      { method: 'DELETE' },
      this.settings
    );
  }

  testCredentials(
    instance: string,
    credentials: ICredentialsRequest
  ): Promise<ITestedCredentials> {
    return requestJson(
      at(instance, 'credentials'),
      { method: 'POST', body: credentials },
      this.settings
    );
  }

  reloadConfiguration(): Promise<IInstances> {
    return requestJson('instances/reload', { method: 'POST' }, this.settings);
  }

  diagnosis(instance: string, signal?: AbortSignal): Promise<IDiagnosis> {
    return requestJson(at(instance, 'diagnosis'), { signal }, this.settings);
  }

  folder(path?: string, signal?: AbortSignal): Promise<IFolder> {
    return requestJson(
      withQuery('files', path === undefined ? {} : { path }),
      { signal },
      this.settings
    );
  }

  searchDids(
    instance: string,
    query: ISearchRequest,
    signal?: AbortSignal
  ): AsyncGenerator<IDidItem[], IStreamEnd> {
    const { scope, name, type, limit, filters, recursive, isUnattended } =
      query;
    return streamItems(
      withQuery(at(instance, 'dids'), {
        scope,
        name,
        type,
        limit,
        filters: filters?.length ? JSON.stringify(filters) : undefined,
        recursive: recursive || undefined,
        ...(isUnattended ? UNATTENDED : {})
      }),
      { signal },
      this.settings
    );
  }

  scopes(
    instance: string,
    signal?: AbortSignal
  ): AsyncGenerator<IScope[], IStreamEnd> {
    return this._stream(at(instance, 'scopes'), signal);
  }

  async metadataKeys(instance: string): Promise<IMetadataKey[]> {
    return this._items(at(instance, 'metadata-keys'));
  }

  async usage(instance: string): Promise<IUsage[]> {
    return this._items(at(instance, 'usage'));
  }

  async rses(instance: string, expression?: string): Promise<IRse[]> {
    return this._items(withQuery(at(instance, 'rses'), { expression }));
  }

  did(
    instance: string,
    did: string,
    signal?: AbortSignal
  ): Promise<IDidDetails> {
    return requestJson(
      withQuery(at(instance, 'did'), { did }),
      { signal },
      this.settings
    );
  }

  files(
    instance: string,
    did: string,
    range: { offset?: number; limit?: number } = {},
    signal?: AbortSignal
  ): AsyncGenerator<IFileItem[], IStreamEnd> {
    return this._stream(
      withQuery(at(instance, 'did/files'), { did, ...range }),
      signal
    );
  }

  replicas(
    instance: string,
    did: string,
    signal?: AbortSignal
  ): AsyncGenerator<IReplicas[], IStreamEnd> {
    return this._stream(
      withQuery(at(instance, 'did/replicas'), { did }),
      signal
    );
  }

  async rules(
    instance: string,
    did: string,
    signal?: AbortSignal
  ): Promise<IRule[]> {
    return this._items(withQuery(at(instance, 'did/rules'), { did }), signal);
  }

  parents(
    instance: string,
    did: string,
    signal?: AbortSignal
  ): AsyncGenerator<IDidItem[], IStreamEnd> {
    return this._stream(
      withQuery(at(instance, 'did/parents'), { did }),
      signal
    );
  }

  content(
    instance: string,
    did: string,
    signal?: AbortSignal
  ): AsyncGenerator<IDidItem[], IStreamEnd> {
    return streamItems(
      withQuery(at(instance, 'did/content'), { did }),
      { signal },
      this.settings
    );
  }

  availability(
    instance: string,
    dids: readonly string[],
    signal?: AbortSignal
  ): AsyncGenerator<IAvailability[], IStreamEnd> {
    return this._stream(
      // Rows keep themselves fresh, whoever looks at them.
      withQuery(at(instance, 'availability'), { did: dids, ...UNATTENDED }),
      signal
    );
  }

  makeAvailable(
    instance: string,
    request: IMakeAvailableRequest
  ): Promise<IAvailability> {
    return requestJson(
      at(instance, 'availability'),
      { method: 'POST', body: request, timeoutMs: RULE_MS },
      this.settings
    );
  }

  plan(
    instance: string,
    dids: readonly string[],
    signal?: AbortSignal
  ): Promise<IPlan> {
    return requestJson(
      withQuery(at(instance, 'availability/plan'), { did: dids }),
      { signal },
      this.settings
    );
  }

  movingRules(instance: string, signal?: AbortSignal): Promise<IRules> {
    return requestJson(
      withQuery(at(instance, 'rules'), UNATTENDED),
      { signal },
      this.settings
    );
  }

  rule(instance: string, id: string, isUnattended = false): Promise<IRule> {
    return requestJson(
      withQuery(ruleAt(instance, id), isUnattended ? UNATTENDED : {}),
      {},
      this.settings
    );
  }

  changeRule(
    instance: string,
    id: string,
    change: IRuleChange
  ): Promise<IRule> {
    return requestJson(
      ruleAt(instance, id),
      { method: 'PATCH', body: change },
      this.settings
    );
  }

  endRule(instance: string, id: string): Promise<IRule> {
    return requestJson(
      ruleAt(instance, id),
      { method: 'DELETE' },
      this.settings
    );
  }

  ruleFiles(
    instance: string,
    id: string,
    query: { state?: string; limit?: number } = {},
    signal?: AbortSignal
  ): AsyncGenerator<IRuleFile[], IStreamEnd> {
    return this._stream(
      withQuery(`${ruleAt(instance, id)}/files`, query),
      signal
    );
  }

  endAvailability(instance: string, did: string): Promise<void> {
    return requestJson(
      withQuery(at(instance, 'availability'), { did }),
      { method: 'DELETE' },
      this.settings
    );
  }

  async attachments(
    instance: string,
    request: IAttachmentsRequest,
    signal?: AbortSignal
  ): Promise<IResolved[]> {
    const answer = await requestJson<{ items: IResolved[] }>(
      at(instance, 'attachments'),
      { method: 'POST', body: request, signal },
      this.settings
    );
    return answer.items;
  }

  async attachmentFiles(
    instance: string,
    manifest: string,
    offset: number
  ): Promise<IResolvedFile[]> {
    return this._items(
      withQuery(at(instance, 'attachments/files'), { manifest, offset })
    );
  }

  private _stream<T>(
    path: string,
    signal?: AbortSignal
  ): AsyncGenerator<T[], IStreamEnd> {
    return streamItems(path, { signal }, this.settings);
  }

  /** A list that is short and only of use as a whole. */
  private async _items<T>(path: string, signal?: AbortSignal): Promise<T[]> {
    const answer = await requestJson<{ items: T[] }>(
      path,
      { signal },
      this.settings
    );
    return answer.items;
  }
}

function ruleAt(instance: string, id: string): string {
  return at(instance, `rules/${encodeURIComponent(id)}`);
}
