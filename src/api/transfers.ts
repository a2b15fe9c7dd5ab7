import { ServerConnection } from '@jupyterlab/services';

import type { ITransfersApi } from '../tokens';
import { at, UNATTENDED } from './paths';
import { requestJson, withQuery } from './request';
import type {
  ICopy,
  IDownloadRequest,
  IJob,
  IJobAnswer,
  IJobDetails,
  IJobLog,
  IJobQuery,
  IJobs,
  IUploadPlan,
  IUploadRequest
} from './types';

/** A plan looks at every file, and sums up those that Rucio has already. */
const PLAN_MS = 600_000;

/** The routes about what moves between the lake and the server's disk. */
export class TransfersApi implements ITransfersApi {
  constructor(serverSettings: ServerConnection.ISettings) {
    this.settings = serverSettings;
  }

  jobs(query: IJobQuery = {}, isUnattended = false): Promise<IJobs> {
    const { states, kinds, instance, limit } = query;
    return requestJson(
      withQuery('jobs', {
        state: states,
        kind: kinds,
        instance,
        limit,
        ...(isUnattended ? UNATTENDED : {})
      }),
      {},
      this.settings
    );
  }

  job(id: string, signal?: AbortSignal): Promise<IJobDetails> {
    return requestJson(
      withQuery(jobAt(id), UNATTENDED),
      { signal },
      this.settings
    );
  }

  endJob(id: string): Promise<IJob | undefined> {
    return requestJson(jobAt(id), { method: 'DELETE' }, this.settings);
  }

  retryJob(id: string): Promise<IJob> {
    return requestJson(jobAt(id, '/retry'), { method: 'POST' }, this.settings);
  }

  jobLog(id: string, offset: number, signal?: AbortSignal): Promise<IJobLog> {
    return requestJson(
      // An open log asks by itself, whether or not anybody reads it.
      withQuery(jobAt(id, '/log'), { offset, ...UNATTENDED }),
      { signal },
      this.settings
    );
  }

  async clearJobs(): Promise<number> {
    const answer = await requestJson<{ removed: number }>(
      'jobs',
      { method: 'DELETE' },
      this.settings
    );
    return answer.removed;
  }

  async download(instance: string, request: IDownloadRequest): Promise<IJob> {
    const answer = await requestJson<IJobAnswer>(
      at(instance, 'downloads'),
      { method: 'POST', body: request },
      this.settings
    );
    return answer.job;
  }

  async copies(instance: string, signal?: AbortSignal): Promise<ICopy[]> {
    const answer = await requestJson<{ items: ICopy[] }>(
      at(instance, 'copies'),
      { signal },
      this.settings
    );
    return answer.items;
  }

  async deleteCopy(instance: string, did: string): Promise<number> {
    const answer = await requestJson<{ freed_bytes: number }>(
      withQuery(at(instance, 'copies'), { did }),
      { method: 'DELETE' },
      this.settings
    );
    return answer.freed_bytes;
  }

  async upload(instance: string, request: IUploadRequest): Promise<IJob> {
    const answer = await requestJson<IJobAnswer>(
      at(instance, 'uploads'),
      { method: 'POST', body: request },
      this.settings
    );
    return answer.job;
  }

  planUpload(
    instance: string,
    request: IUploadRequest,
    signal?: AbortSignal
  ): Promise<IUploadPlan> {
    return requestJson(
      at(instance, 'uploads/plan'),
      { method: 'POST', body: request, timeoutMs: PLAN_MS, signal },
      this.settings
    );
  }

  protected readonly settings: ServerConnection.ISettings;
}

function jobAt(id: string, rest = ''): string {
  return `jobs/${encodeURIComponent(id)}${rest}`;
}
