import type {
  ICopy,
  IDownloadRequest,
  IJob,
  IJobDetails,
  IJobLog,
  IJobQuery,
  IJobs,
  IUploadPlan,
  IUploadRequest
} from '../api/types';
import type { ITransfersApi } from '../tokens';
import { Answer, fault } from './scriptedAnswers';

/** The routes about jobs, downloads and uploads as a test plays them. */
export class ScriptedTransfers implements ITransfersApi {
  /** What the list of jobs is answered with, unless `jobsFault` is. */
  jobItems: IJob[] = [];
  jobsFault: Error | null = null;
  /** Every request for the list. */
  readonly jobQueries: IJobQuery[] = [];
  /** By id; others do not exist. */
  jobDetails: Record<string, IJobDetails> = {};
  readonly endedJobs: { id: string; answer: Answer<IJob | undefined> }[] = [];
  readonly retriedJobs: { id: string; answer: Answer<IJob> }[] = [];
  readonly logs: { id: string; offset: number; answer: Answer<IJobLog> }[] = [];
  readonly clearedJobs: Answer<number>[] = [];
  readonly downloads: {
    instance: string;
    request: IDownloadRequest;
    answer: Answer<IJob>;
  }[] = [];
  localCopies: ICopy[] = [];
  readonly deletedCopies: { did: string; answer: Answer<number> }[] = [];
  readonly uploads: {
    instance: string;
    request: IUploadRequest;
    answer: Answer<IJob>;
  }[] = [];
  readonly plannedUploads: {
    instance: string;
    request: IUploadRequest;
    signal: AbortSignal | undefined;
    answer: Answer<IUploadPlan>;
  }[] = [];

  async jobs(query: IJobQuery = {}): Promise<IJobs> {
    this.jobQueries.push(query);
    if (this.jobsFault) {
      throw this.jobsFault;
    }
    const items = this.jobItems;
    return { items, count: items.length, truncated: false };
  }

  async job(id: string): Promise<IJobDetails> {
    const details = this.jobDetails[id];
    if (!details) {
      throw fault('unknown_job', 'There is no such job.');
    }
    return details;
  }

  endJob(id: string) {
    const answer = new Answer<IJob | undefined>();
    this.endedJobs.push({ id, answer });
    return answer.promise;
  }

  retryJob(id: string) {
    const answer = new Answer<IJob>();
    this.retriedJobs.push({ id, answer });
    return answer.promise;
  }

  jobLog(id: string, offset: number) {
    const answer = new Answer<IJobLog>();
    this.logs.push({ id, offset, answer });
    return answer.promise;
  }

  clearJobs() {
    const answer = new Answer<number>();
    this.clearedJobs.push(answer);
    return answer.promise;
  }

  download(instance: string, request: IDownloadRequest) {
    const answer = new Answer<IJob>();
    this.downloads.push({ instance, request, answer });
    return answer.promise;
  }

  async copies() {
    return this.localCopies;
  }

  deleteCopy(_: string, did: string) {
    const answer = new Answer<number>();
    this.deletedCopies.push({ did, answer });
    return answer.promise;
  }

  upload(instance: string, request: IUploadRequest) {
    const answer = new Answer<IJob>();
    this.uploads.push({ instance, request, answer });
    return answer.promise;
  }

  planUpload(instance: string, request: IUploadRequest, signal?: AbortSignal) {
    const answer = new Answer<IUploadPlan>();
    this.plannedUploads.push({ instance, request, signal, answer });
    return answer.promise;
  }
}
