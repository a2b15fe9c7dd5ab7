import type { IDisposable } from '@lumino/disposable';

import {
  type ApiError,
  asApiError,
  isAbort,
  isFilterFault
} from '../api/errors';
import type { IDidItem, IStreamEnd } from '../api/types';
import { BackOff, isPassing } from './backoff';
import { pump, type FrameScheduler } from './frames';

export type SearchPhase = 'idle' | 'running' | 'done' | 'stopped' | 'failed';

/** After so long without a first row it is said that Rucio is slow. */
const SLOW_MS = 8000;

/**
 * One search, from its question to its end, and again from time to time where it failed for a while.
 *
 * Once it is stopped or disposed, nothing that still arrives counts.
 */
export class SearchRun implements IDisposable {
  constructor(private readonly _options: SearchRun.IOptions) {}

  get phase(): SearchPhase {
    return this._phase;
  }

  get error(): ApiError | null {
    return this._error;
  }

  /** Rows found so far. */
  get count(): number {
    return this._count;
  }

  /** Whether there is more than what came. */
  get isTruncated(): boolean {
    return this._isTruncated;
  }

  /** Whether it runs and has had no row for suspiciously long. */
  get isSlow(): boolean {
    return this._isSlow;
  }

  /** Whether it failed and is tried again from time to time. */
  get isRepeating(): boolean {
    return this._backOff.isRunning;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._backOff.dispose();
    this._abort.abort();
    window.clearTimeout(this._slowTimer);
  }

  /** Never rejects: what goes wrong is in `error`. */
  async begin(): Promise<void> {
    this._slowTimer = window.setTimeout(() => {
      this._isSlow = true;
      this._options.onChanged();
    }, SLOW_MS);
    this._options.onChanged();
    const error = await this._read();
    if (error !== null && mayPass(error)) {
      this._backOff.begin();
      this._options.onChanged();
    }
  }

  /** Ends it; the rows that came stay. */
  stop(): void {
    if (this._phase === 'running') {
      this._abort.abort();
      this._end('stopped');
    }
  }

  /**
   * The same once more, after it failed: the rows stay, and new ones join them.
   *
   * @returns whether it need not be repeated again
   */
  private async _repeat(): Promise<boolean> {
    if (this._phase !== 'failed' || this._error === null) {
      return true;
    }
    const error = await this._read(true);
    return this._isDisposed || error === null || !mayPass(error);
  }

  /** Reads it to its end. Gives what went wrong; null too where it was given up. */
  private async _read(isUnattended = false): Promise<ApiError | null> {
    const { signal } = this._abort;
    const { ask, append, frames, onChanged, onOutcome } = this._options;
    try {
      const end = await pump(ask(signal, isUnattended), {
        apply: items => {
          window.clearTimeout(this._slowTimer);
          this._isSlow = false;
          this._count += append(items);
          onChanged();
        },
        signal,
        frames
      });
      this._isTruncated = end.truncated;
      this._error = null;
      this._end('done');
      onOutcome(null);
      return null;
    } catch (reason) {
      if (isAbort(reason)) {
        return null;
      }
      const error = (this._error = asApiError(reason));
      this._end('failed');
      onOutcome(error);
      return this._isDisposed ? null : error;
    }
  }

  private _end(phase: SearchPhase): void {
    window.clearTimeout(this._slowTimer);
    this._isSlow = false;
    this._phase = phase;
    this._options.onEnded(this);
    this._options.onChanged();
  }

  private readonly _abort = new AbortController();
  private readonly _backOff = new BackOff(() => this._repeat());
  private _slowTimer = 0;
  private _phase: SearchPhase = 'running';
  private _error: ApiError | null = null;
  private _count = 0;
  private _isTruncated = false;
  private _isSlow = false;
  private _isDisposed = false;
}

export namespace SearchRun {
  export interface IOptions {
    ask: (
      signal: AbortSignal,
      isUnattended: boolean
    ) => AsyncGenerator<IDidItem[], IStreamEnd>;
    /** Takes rows. Gives how many were new. */
    append: (items: IDidItem[]) => number;
    onChanged: () => void;
    /** It has come to an end, whichever. */
    onEnded: (run: SearchRun) => void;
    /** How a request to Rucio ended that was not given up. */
    onOutcome: (error: ApiError | null) => void;
    frames: FrameScheduler;
  }
}

/** Whether the same search may succeed by and by. */
function mayPass(error: ApiError): boolean {
  return isPassing(error) && !isFilterFault(error);
}
