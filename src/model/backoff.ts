import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';

import { ErrorCode, type ApiError } from '../api/errors';

const FIRST_MS = 2_000;
const LONGEST_MS = 30_000;
const GROWTH = 2;

/**
 * Repeats something that failed until it succeeds: soon at first, then less and less often, and only
 * while the page is seen.
 */
export class BackOff implements IDisposable {
  /**
   * @param attempt - resolves with whether it has succeeded; whatever it rejects with is a failure
   * @param firstMs - how long it waits before the first
   */
  constructor(attempt: () => Promise<boolean>, firstMs = FIRST_MS) {
    this._firstMs = firstMs;
    this._poll = new Poll({
      auto: false,
      name: 'rucio-jupyterlab:back-off',
      frequency: { interval: firstMs, max: LONGEST_MS, backoff: GROWTH },
      standby: 'when-hidden',
      factory: async () => {
        if (!(await attempt())) {
          // Only what is rejected is repeated less and less often.
          throw new Error('It still does not work.');
        }
        this.end();
      }
    });
  }

  get isRunning(): boolean {
    return this._isRunning;
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    this._isRunning = false;
    this._poll.dispose();
  }

  /** Begins to repeat, unless it has begun already. */
  begin(): void {
    if (this._isRunning || this.isDisposed) {
      return;
    }
    this._isRunning = true;
    void this._poll.schedule({
      phase: 'started',
      interval: this._firstMs
    });
  }

  end(): void {
    if (this._isRunning) {
      this._isRunning = false;
      void this._poll.stop();
    }
  }

  private readonly _poll: Poll;
  private readonly _firstMs: number;
  private _isRunning = false;
}

const PASSING: ReadonlySet<string> = new Set([
  ErrorCode.rucioUnreachable,
  ErrorCode.rucioTimeout,
  ErrorCode.rucioBusy,
  ErrorCode.jupyterUnreachable,
  ErrorCode.jupyterSlow,
  ErrorCode.streamCut
]);

/** Statuses of answers that others gave, in place of whom was asked. */
const GATEWAYS: ReadonlySet<number> = new Set([502, 503, 504]);

/** Whether nobody knows if what was asked for has been done nevertheless: Rucio said nothing of it. */
export function isUnclear(error: ApiError): boolean {
  return (
    error.rucio === null &&
    (PASSING.has(error.code) || GATEWAYS.has(error.status))
  );
}

/** Whether an error may be over soon without anyone's doing. */
export function isPassing(error: ApiError): boolean {
  return PASSING.has(error.code) || error.status >= 500;
}
