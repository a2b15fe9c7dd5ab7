import type { ApiError } from '../api/errors';
import type { IJob } from '../api/types';
import type { IJobEntry, JobRequest } from '../tokens';
import { isActive, isOlder } from './jobStates';

/** A job as the server says it is and, ahead of that, as the user wants it. */
export class JobEntry implements IJobEntry {
  constructor(told: IJob) {
    this._told = told;
  }

  error: ApiError | null = null;

  get job(): IJob {
    return this._foreseen ?? this._told;
  }

  /** What the server said last. */
  get told(): IJob {
    return this._told;
  }

  get pending(): JobRequest | null {
    return this._pending;
  }

  /** Grows with each word of the server, so that older answers are known as such. */
  get turn(): number {
    return this._turn;
  }

  /** Shows what was asked for as if it had been done. */
  foresee(pending: JobRequest): void {
    this._pending = pending;
    this.error = null;
    if (pending === 'cancel') {
      this._foreseen = { ...this._told, state: 'cancelled' };
    } else if (pending === 'retry') {
      this._foreseen = {
        ...this._told,
        state: 'queued',
        error: null,
        message: null,
        rate_bytes_s: null,
        eta_s: null,
        ended_at: null
      };
    }
  }

  /** What was asked for was answered, or refused: the server's word stands. */
  settle(error: ApiError | null): void {
    this._pending = null;
    this._foreseen = null;
    this.error = error;
  }

  /** Whether the word is newer than what is known. */
  take(job: IJob): boolean {
    if (isOlder(job, this._told)) {
      return false;
    }
    if (job.state !== this._told.state) {
      this.error = null;
    }
    this._told = job;
    this._turn++;
    return true;
  }

  private _told: IJob;
  private _foreseen: IJob | null = null;
  private _pending: JobRequest | null = null;
  private _turn = 0;
}

/** The jobs that are known, without those that are gone. */
export class JobEntries {
  get(id: string): JobEntry | undefined {
    return this._entries.get(id);
  }

  get all(): readonly JobEntry[] {
    return [...this._entries.values()];
  }

  /** As many words of the server as each job's state has come from. */
  turns(): ReadonlyMap<string, number> {
    return new Map([...this._entries].map(([id, { turn }]) => [id, turn]));
  }

  /** Takes a word of the server, and says whether the job came to its end with it. */
  take(job: IJob): { isNew: boolean; isEnd: boolean } {
    const entry = this._entries.get(job.id);
    if (this._gone.has(job.id)) {
      return { isNew: false, isEnd: false };
    }
    if (entry === undefined) {
      this._entries.set(job.id, new JobEntry(job));
      return { isNew: true, isEnd: false };
    }
    const wasActive = isActive(entry.told);
    return {
      isNew: false,
      isEnd: entry.take(job) && wasActive && !isActive(job)
    };
  }

  /** Drops a job for good: what is still on its way about it no longer counts. */
  forget(id: string): void {
    this._entries.delete(id);
    this._gone.add(id);
  }

  private readonly _entries = new Map<string, JobEntry>();
  private readonly _gone = new Set<string>();
}
