import { Signal } from '@lumino/signaling';

import { type ApiError, asApiError } from '../api/errors';
import { JOB_EVENT, type IJob, type IJobEvent } from '../api/types';
import type {
  IJobEntry,
  IJobsModel,
  ITransfersApi,
  JobRequest
} from '../tokens';
import { BackOff, isPassing, isUnclear } from './backoff';
import { JobEntries, type JobEntry } from './jobEntries';
import { isActive } from './jobStates';

/** Without an event for so long, what moves is asked about: events can be lost. */
const SILENCE_MS = 15_000;

/** More than anybody looks through; what is cut is the oldest, and that is said. */
export const MOST_JOBS = 1_000;

const UNKNOWN_JOB = 'unknown_job';

/** The jobs of the user, kept true by events and by asking. */
export class JobsModel implements IJobsModel {
  constructor(options: { api: ITransfersApi }) {
    this._api = options.api;
    this._silence = window.setInterval(() => this._afterSilence(), SILENCE_MS);
  }

  readonly changed: Signal<IJobsModel, void> = new Signal(this);
  readonly ended: Signal<IJobsModel, IJob> = new Signal(this);

  get state(): IJobsModel['state'] {
    return this._state;
  }

  get error(): ApiError | null {
    return this._error;
  }

  get isTruncated(): boolean {
    return this._isTruncated;
  }

  get entries(): readonly IJobEntry[] {
    this._shown ??= this._entries.all.filter(one => one.pending !== 'remove');
    return this._shown;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.clearInterval(this._silence);
    this._again.dispose();
    Signal.clearData(this);
  }

  get(id: string): IJobEntry | undefined {
    return this._entries.get(id);
  }

  async load(): Promise<void> {
    if (this._state === 'idle') {
      await this._fetch(false);
    }
  }

  refresh(): Promise<void> {
    return this._fetch(false);
  }

  /** The same without anybody's having wished it, where the list is known at all. Never rejects. */
  async look(): Promise<void> {
    if (this._state !== 'idle') {
      await this._fetch(true);
    }
  }

  take(job: IJob): void {
    this._take(job, false);
    this._emit();
  }

  cancel(id: string): Promise<void> {
    return this._request(id, 'cancel', () => this._api.endJob(id));
  }

  retry(id: string): Promise<void> {
    return this._request(id, 'retry', () => this._api.retryJob(id));
  }

  remove(id: string): Promise<void> {
    return this._request(id, 'remove', () => this._api.endJob(id));
  }

  async clear(): Promise<number> {
    const ended = this._entries.all.filter(
      one => one.pending === null && !isActive(one.told)
    );
    ended.forEach(entry => entry.foresee('remove'));
    this._emit();
    try {
      const removed = await this._api.clearJobs();
      ended.forEach(({ told }) => this._entries.forget(told.id));
      return removed;
    } catch (reason) {
      ended.forEach(entry => entry.settle(null));
      throw asApiError(reason);
    } finally {
      this._emit();
    }
  }

  /** Takes an event from Jupyter's bus; those of others are left alone. */
  handleEvent(event: { schema_id: string }): void {
    if (event.schema_id !== JOB_EVENT) {
      return;
    }
    const { removed, ...job } = event as unknown as IJobEvent;
    this._heardAt = Date.now();
    if (removed) {
      this._entries.forget(job.id);
    } else {
      this._take(job, true);
    }
    this._emit();
    // Who hears of one job does not know of the others yet.
    void this.load();
  }

  /** @param isNews - whether it has just happened, also where nothing was known of the job before */
  private _take(job: IJob, isNews: boolean): void {
    const { isNew, isEnd } = this._entries.take(job);
    if (isEnd || (isNew && isNews && !isActive(job))) {
      this.ended.emit(job);
    }
  }

  private async _fetch(isUnattended: boolean): Promise<void> {
    const fetch = ++this._fetches;
    const turns = this._entries.turns();
    // What is known stays known while it is asked for again.
    if (this._state !== 'ready') {
      this._state = 'loading';
      this._emit();
    }
    try {
      const { items, truncated } = await this._api.jobs(
        { limit: MOST_JOBS },
        isUnattended
      );
      if (fetch !== this._fetches || this._isDisposed) {
        return;
      }
      this._state = 'ready';
      this._error = null;
      this._isTruncated = truncated;
      this._heardAt = Date.now();
      this._takeList(items, turns);
    } catch (reason) {
      if (fetch !== this._fetches || this._isDisposed) {
        return;
      }
      this._state = 'failed';
      this._error = asApiError(reason);
      if (isPassing(this._error)) {
        this._again.begin();
      }
    }
    this._emit();
  }

  /** @param turns - how far each job was known when the list was asked for */
  private _takeList(
    jobs: readonly IJob[],
    turns: ReadonlyMap<string, number>
  ): void {
    const isOvertaken = (id: string) =>
      this._entries.get(id)?.turn !== turns.get(id);
    const told = new Set(jobs.map(({ id }) => id));
    for (const id of turns.keys()) {
      if (!told.has(id) && !isOvertaken(id) && !this._isTruncated) {
        this._entries.forget(id);
      }
    }
    for (const job of jobs) {
      if (!isOvertaken(job.id)) {
        this._take(job, false);
      }
    }
  }

  private async _request(
    id: string,
    request: JobRequest,
    send: () => Promise<IJob | undefined>
  ): Promise<void> {
    const entry = this._entries.get(id);
    if (entry === undefined || entry.pending !== null) {
      return;
    }
    entry.foresee(request);
    this._emit();
    try {
      const job = await send();
      entry.settle(null);
      if (job === undefined) {
        this._entries.forget(id);
      } else {
        this._take(job, false);
      }
    } catch (reason) {
      this._refuse(entry, asApiError(reason));
    } finally {
      this._emit();
    }
  }

  /** Takes back what was shown. One that is not there any more needs nothing done. */
  private _refuse(entry: JobEntry, error: ApiError): void {
    entry.settle(error);
    if (error.code === UNKNOWN_JOB) {
      this._entries.forget(entry.told.id);
      return;
    }
    if (isUnclear(error)) {
      this._again.begin();
    }
    throw error;
  }

  private _afterSilence(): void {
    const isMoving = this._entries.all.some(({ told }) => isActive(told));
    if (
      document.visibilityState !== 'hidden' &&
      isMoving &&
      Date.now() - this._heardAt >= SILENCE_MS
    ) {
      void this.look();
    }
  }

  private _emit(): void {
    this._shown = null;
    if (!this._isDisposed) {
      this.changed.emit();
    }
  }

  private readonly _api: ITransfersApi;
  private readonly _entries = new JobEntries();
  private readonly _silence: number;
  private readonly _again = new BackOff(async () => {
    await this._fetch(true);
    return this._state === 'ready';
  });
  private _shown: readonly IJobEntry[] | null = null;
  private _state: IJobsModel['state'] = 'idle';
  private _error: ApiError | null = null;
  private _isTruncated = false;
  private _isDisposed = false;
  private _heardAt = 0;
  private _fetches = 0;
}
