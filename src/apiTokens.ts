import { Token } from '@lumino/coreutils';

import type {
  IAttachmentsRequest,
  IAvailability,
  ICopy,
  ICredentials,
  ICredentialsRequest,
  IDiagnosis,
  IDidDetails,
  IDidItem,
  IDownloadRequest,
  IFileItem,
  IFolder,
  IHello,
  IInstances,
  IJob,
  IJobDetails,
  IJobLog,
  IJobQuery,
  IJobs,
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
  IUploadPlan,
  IUploadRequest,
  IUsage
} from './api/types';

/** The part of `IRucioApi` about what moves between the lake and the server's disk. */
export interface ITransfersApi {
  /** @param isUnattended - whether nobody asked for it now, so that it is no sign of life to a Hub */
  jobs(query?: IJobQuery, isUnattended?: boolean): Promise<IJobs>;
  job(id: string, signal?: AbortSignal): Promise<IJobDetails>;
  /** Cancels one that waits or runs, and gives it back; removes one that has ended, and gives nothing. */
  endJob(id: string): Promise<IJob | undefined>;
  retryJob(id: string): Promise<IJob>;
  /** What the job logged from an offset on, in so far as it has. */
  jobLog(id: string, offset: number, signal?: AbortSignal): Promise<IJobLog>;
  /** Removes all that have ended. Resolves with how many these were. */
  clearJobs(): Promise<number>;
  /** The active job of the same DIDs, where there is one. */
  download(instance: string, request: IDownloadRequest): Promise<IJob>;
  /** What downloads have left on the disk. */
  copies(instance: string, signal?: AbortSignal): Promise<ICopy[]>;
  /** Resolves with the bytes that are free again. */
  deleteCopy(instance: string, did: string): Promise<number>;
  upload(instance: string, request: IUploadRequest): Promise<IJob>;
  /** What an upload would make, before it does. */
  planUpload(
    instance: string,
    request: IUploadRequest,
    signal?: AbortSignal
  ): Promise<IUploadPlan>;
}

/**
 * The server part's routes, one method each.
 *
 * Every method rejects with an `ApiError`; a method that takes a signal rejects with its `AbortError`.
 * Streams yield batches of items and return how the list ended.
 */
export interface IRucioApi extends ITransfersApi {
  hello(): Promise<IHello>;
  /** @param isUnattended - whether nobody asked for it now, so that it is no sign of life to a Hub */
  instances(isUnattended?: boolean): Promise<IInstances>;
  credentials(instance: string): Promise<ICredentials>;
  setCredentials(
    instance: string,
    credentials: ICredentialsRequest
  ): Promise<ICredentials>;
  deleteCredentials(instance: string): Promise<void>;
  /** Tries credentials at Rucio; nothing is kept. */
  testCredentials(
    instance: string,
    credentials: ICredentialsRequest
  ): Promise<ITestedCredentials>;
  /** Has the server read its configuration again. */
  reloadConfiguration(): Promise<IInstances>;
  diagnosis(instance: string, signal?: AbortSignal): Promise<IDiagnosis>;
  /** The names in a folder of the server; in the home folder where no path is given. */
  folder(path?: string, signal?: AbortSignal): Promise<IFolder>;
  searchDids(
    instance: string,
    query: ISearchRequest,
    signal?: AbortSignal
  ): AsyncGenerator<IDidItem[], IStreamEnd>;
  scopes(
    instance: string,
    signal?: AbortSignal
  ): AsyncGenerator<IScope[], IStreamEnd>;
  /** What searches can have conditions on. */
  metadataKeys(instance: string): Promise<IMetadataKey[]>;
  /** What the account has at each RSE, and may have. */
  usage(instance: string): Promise<IUsage[]>;
  rses(instance: string, expression?: string): Promise<IRse[]>;
  did(
    instance: string,
    did: string,
    signal?: AbortSignal
  ): Promise<IDidDetails>;
  /** All files below, with where they belong in the configured destination. */
  files(
    instance: string,
    did: string,
    range?: { offset?: number; limit?: number },
    signal?: AbortSignal
  ): AsyncGenerator<IFileItem[], IStreamEnd>;
  replicas(
    instance: string,
    did: string,
    signal?: AbortSignal
  ): AsyncGenerator<IReplicas[], IStreamEnd>;
  /** Its own rules and those of parents that cover it. */
  rules(instance: string, did: string, signal?: AbortSignal): Promise<IRule[]>;
  parents(
    instance: string,
    did: string,
    signal?: AbortSignal
  ): AsyncGenerator<IDidItem[], IStreamEnd>;
  content(
    instance: string,
    did: string,
    signal?: AbortSignal
  ): AsyncGenerator<IDidItem[], IStreamEnd>;
  /** Each as soon as it is known, in any order. */
  availability(
    instance: string,
    dids: readonly string[],
    signal?: AbortSignal
  ): AsyncGenerator<IAvailability[], IStreamEnd>;
  makeAvailable(
    instance: string,
    request: IMakeAvailableRequest
  ): Promise<IAvailability>;
  /** What making DIDs available would mean: sizes, quota, other sites. */
  plan(
    instance: string,
    dids: readonly string[],
    signal?: AbortSignal
  ): Promise<IPlan>;
  endAvailability(instance: string, did: string): Promise<void>;
  /** The account's own rules that are not at rest; no sign of life to a Hub. */
  movingRules(instance: string, signal?: AbortSignal): Promise<IRules>;
  /** @param isUnattended - whether nobody asked for it now, so that it is no sign of life to a Hub */
  rule(instance: string, id: string, isUnattended?: boolean): Promise<IRule>;
  changeRule(instance: string, id: string, change: IRuleChange): Promise<IRule>;
  endRule(instance: string, id: string): Promise<IRule>;
  /** Files of a rule in a state, with the reason and since when. */
  ruleFiles(
    instance: string,
    id: string,
    query?: { state?: string; limit?: number },
    signal?: AbortSignal
  ): AsyncGenerator<IRuleFile[], IStreamEnd>;
  /** In the order asked. */
  attachments(
    instance: string,
    request: IAttachmentsRequest,
    signal?: AbortSignal
  ): Promise<IResolved[]>;
  /** Files of a manifest from an offset on, as many as fit into a message; none beyond its end. */
  attachmentFiles(
    instance: string,
    manifest: string,
    offset: number
  ): Promise<IResolvedFile[]>;
}

export const IRucioApi = new Token<IRucioApi>(
  'rucio-jupyterlab:IRucioApi',
  'The routes of the server part of the Rucio extension.'
);
