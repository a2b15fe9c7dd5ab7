import { ServerConnection } from '@jupyterlab/services';

import type { IRucioApi } from '../tokens';
import { requestJson, streamItems, withQuery } from './request';
import type {
  IAttachmentsRequest,
  IAvailability,
  ICredentials,
  ICredentialsRequest,
  IDidItem,
  IHello,
  IInstances,
  IMakeAvailableRequest,
  IResolved,
  ISearchRequest,
  IStreamEnd
} from './types';

/** Rucio makes the rule of a large collection while the request waits, which can take minutes. */
const RULE_MS = 240_000;

/** The routes of the server part, one method each. */
export class RucioApi implements IRucioApi {
  constructor(serverSettings: ServerConnection.ISettings) {
    this._settings = serverSettings;
  }

  hello(): Promise<IHello> {
    return requestJson('hello', {}, this._settings);
  }

  instances(): Promise<IInstances> {
    return requestJson('instances', {}, this._settings);
  }

  credentials(instance: string): Promise<ICredentials> {
    return requestJson(at(instance, 'credentials'), {}, this._settings);
  }

  setCredentials(
    instance: string,
    credentials: ICredentialsRequest
  ): Promise<ICredentials> {
    return requestJson(
      at(instance, 'credentials'),
      { method: 'PUT', body: credentials },
      this._settings
    );
  }

  deleteCredentials(instance: string): Promise<void> {
    return requestJson(
      at(instance, 'credentials'),
      { method: 'DELETE' },
      this._settings
    );
  }

  searchDids(
    instance: string,
    query: ISearchRequest,
    signal?: AbortSignal
  ): AsyncGenerator<IDidItem[], IStreamEnd> {
    const { scope, name, type, limit } = query;
    return streamItems(
      withQuery(at(instance, 'dids'), { scope, name, type, limit }),
      { signal },
      this._settings
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
      this._settings
    );
  }

  async availability(
    instance: string,
    dids: readonly string[],
    signal?: AbortSignal
  ): Promise<IAvailability[]> {
    const answer = await requestJson<{ items: IAvailability[] }>(
      withQuery(at(instance, 'availability'), { did: dids }),
      { signal },
      this._settings
    );
    return answer.items;
  }

  makeAvailable(
    instance: string,
    request: IMakeAvailableRequest
  ): Promise<IAvailability> {
    return requestJson(
      at(instance, 'availability'),
      { method: 'POST', body: request, timeoutMs: RULE_MS },
      this._settings
    );
  }

  endAvailability(instance: string, did: string): Promise<void> {
    return requestJson(
      withQuery(at(instance, 'availability'), { did }),
      { method: 'DELETE' },
      this._settings
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
      this._settings
    );
    return answer.items;
  }

  private readonly _settings: ServerConnection.ISettings;
}

function at(instance: string, rest: string): string {
  return `instances/${encodeURIComponent(instance)}/${rest}`;
}
