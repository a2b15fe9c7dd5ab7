import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { type ApiError, asApiError, isAbort } from '../api/errors';
import type { IStreamEnd } from '../api/types';
import { pump, type FrameScheduler } from './frames';

export type SectionState = 'idle' | 'loading' | 'ready' | 'failed';

/** The part of a section that does not depend on what it holds. */
export interface ISectionStanding {
  readonly state: SectionState;
  /** Why it has no value, or none newer than `value`. */
  readonly error: ApiError | null;
  readonly changed: Signal<ISectionStanding, void>;
  /** Fetches unless that was done, or tried, before. Never rejects. */
  ensure(): Promise<void>;
  /** Fetches again, in place of what is on its way. Never rejects. */
  reload(): Promise<void>;
}

/**
 * Something that is fetched when it is first shown, and that fails alone.
 *
 * While it is fetched again the last value stays. An answer that was overtaken, by another request or
 * by `forget`, no longer counts.
 */
export class Section<T> implements ISectionStanding, IDisposable {
  constructor(options: Section.IOptions<T>) {
    this._fetch = options.fetch;
    this._onOutcome = options.onOutcome;
  }

  readonly changed: Signal<this, void> = new Signal(this);

  get state(): SectionState {
    return this._state;
  }

  get error(): ApiError | null {
    return this._error;
  }

  /** What came last; while the first answer streams, what has come so far. */
  get value(): T | undefined {
    return this._value;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._abort?.abort();
    Signal.clearData(this);
  }

  async ensure(): Promise<void> {
    if (this._state === 'idle') {
      await this.reload();
    }
  }

  async reload(): Promise<void> {
    if (this._isDisposed) {
      return;
    }
    this._abort?.abort();
    const abort = (this._abort = new AbortController());
    const isFirst = !this._isComplete;
    if (isFirst) {
      this._value = undefined;
    }
    this._set('loading', null);
    try {
      const value = await this._fetch(abort.signal, part => {
        if (isFirst && !abort.signal.aborted) {
          this._value = part;
          this.changed.emit();
        }
      });
      if (abort.signal.aborted) {
        return;
      }
      this._value = value;
      this._isComplete = true;
      this._set('ready', null);
      this._onOutcome?.(null);
    } catch (reason) {
      if (abort.signal.aborted || isAbort(reason)) {
        return;
      }
      const error = asApiError(reason);
      this._set('failed', error);
      this._onOutcome?.(error);
    }
  }

  /** Drops what it holds and what is on its way: it is as if it had never been shown. */
  forget(): void {
    this._abort?.abort();
    this._abort = null;
    this._value = undefined;
    this._isComplete = false;
    this._set('idle', null);
  }

  private _set(state: SectionState, error: ApiError | null): void {
    this._state = state;
    this._error = error;
    if (!this._isDisposed) {
      this.changed.emit();
    }
  }

  private readonly _fetch: Section.IOptions<T>['fetch'];
  private readonly _onOutcome: Section.IOptions<T>['onOutcome'];
  private _state: SectionState = 'idle';
  private _error: ApiError | null = null;
  private _value: T | undefined;
  private _isComplete = false;
  private _abort: AbortController | null = null;
  private _isDisposed = false;
}

export namespace Section {
  export interface IOptions<T> {
    /** May hand over what has come so far with `show`. */
    fetch: (signal: AbortSignal, show: (part: T) => void) => Promise<T>;
    /** Told how each request ended that was not given up. */
    onOutcome?: (error: ApiError | null) => void;
  }
}

/** A list, and whether it is all. */
export interface IList<T> {
  readonly items: readonly T[];
  readonly isTruncated: boolean;
  /** Why it was cut, where the server said so. */
  readonly message: string | null;
}

/** Reads a stream for a section, handing over what came at most once a frame. */
export async function gather<T>(
  stream: AsyncGenerator<T[], IStreamEnd>,
  options: {
    signal: AbortSignal;
    show: (part: IList<T>) => void;
    frames: FrameScheduler;
  }
): Promise<IList<T>> {
  const { signal, show, frames } = options;
  const items: T[] = [];
  const end = await pump(stream, {
    apply: more => {
      items.push(...more);
      show({ items: [...items], isTruncated: false, message: null });
    },
    signal,
    frames
  });
  return { items, isTruncated: end.truncated, message: end.message ?? null };
}
