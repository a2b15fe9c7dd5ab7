import type { IDisposable } from '@lumino/disposable';

import type { IJobDetails } from '../api/types';
import type { IJobsModel, ITransfersApi } from '../tokens';
import { Section } from './section';

/** While the job runs its items are asked for again at most so often. */
const AGAIN_MS = 2_000;

/** What a job does file by file, for as long as somebody looks at it. */
export class JobItemsModel implements IDisposable {
  constructor(api: ITransfersApi, jobs: IJobsModel, id: string) {
    this._jobs = jobs;
    this._id = id;
    this.details = new Section<IJobDetails>({
      fetch: signal => api.job(id, signal)
    });
    this._seen = this._version;
    jobs.changed.connect(this._onChanged, this);
    void this.details.ensure();
  }

  readonly details: Section<IJobDetails>;

  get isDisposed(): boolean {
    return this.details.isDisposed;
  }

  dispose(): void {
    window.clearTimeout(this._timer);
    this._jobs.changed.disconnect(this._onChanged, this);
    this.details.dispose();
  }

  /** What has to change for the items to be other ones. */
  private get _version(): string {
    const job = this._jobs.get(this._id)?.job;
    return job
      ? [job.state, job.attempt, job.files_done, job.files_failed].join()
      : '';
  }

  private _onChanged(): void {
    const version = this._version;
    if (version === this._seen || this._timer !== 0) {
      return;
    }
    this._timer = window.setTimeout(() => {
      this._timer = 0;
      this._seen = this._version;
      void this.details.reload();
    }, AGAIN_MS);
  }

  private readonly _jobs: IJobsModel;
  private readonly _id: string;
  private _seen: string;
  private _timer = 0;
}
