import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import type { IJob } from '../api/types';
import type { IJobsModel } from '../tokens';

/** What ends within this time of each other is told at once. */
const GATHER_MS = 2_500;

/** But nobody waits longer than this to be told of the first. */
const LONGEST_MS = 10_000;

/** Jobs that ended together, by how they did. */
export interface IJobEnds {
  readonly done: readonly IJob[];
  readonly failed: readonly IJob[];
}

/** Gathers the ends of jobs that this page saw, so that a batch is one piece of news. */
export class JobEndsModel implements IDisposable {
  constructor(jobs: IJobsModel) {
    this._jobs = jobs;
    jobs.ended.connect(this._onEnded, this);
  }

  readonly gathered: Signal<JobEndsModel, IJobEnds> = new Signal(this);

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.clearTimeout(this._timer);
    this._jobs.ended.disconnect(this._onEnded, this);
    Signal.clearData(this);
  }

  private _onEnded(_: IJobsModel, job: IJob): void {
    // Who cancelled it knows.
    if (job.state === 'cancelled') {
      return;
    }
    const now = Date.now();
    if (this._ended.size === 0) {
      this._since = now;
    }
    this._ended.set(job.id, job);
    window.clearTimeout(this._timer);
    const left = this._since + LONGEST_MS - now;
    this._timer = window.setTimeout(
      () => this._tell(),
      Math.max(0, Math.min(GATHER_MS, left))
    );
  }

  private _tell(): void {
    const jobs = [...this._ended.values()];
    this._ended.clear();
    this.gathered.emit({
      done: jobs.filter(({ state }) => state === 'done'),
      failed: jobs.filter(({ state }) => state !== 'done')
    });
  }

  private readonly _jobs: IJobsModel;
  private readonly _ended = new Map<string, IJob>();
  private _since = 0;
  private _timer = 0;
  private _isDisposed = false;
}
