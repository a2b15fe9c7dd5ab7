import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { type ApiError, asApiError, isAbort } from '../api/errors';
import type { IDidItem, IStreamEnd } from '../api/types';
import { onNextFrame, pump, type FrameScheduler } from './frames';
import type { ISectionStanding, SectionState } from './section';
import { TreeModel } from './tree';

/** What is in a collection, level by level, fetched when it is shown. */
export class Contents implements ISectionStanding, IDisposable {
  constructor(options: Contents.IOptions) {
    this._did = options.did;
    this._content = options.content;
    this._onOutcome = options.onOutcome;
    this._frames = options.frames ?? onNextFrame;
    this.tree = new TreeModel({
      content: options.content,
      onOutcome: options.onOutcome,
      frames: this._frames
    });
  }

  readonly tree: TreeModel;

  /** Anything but the rows changed; those are told by `tree.changed`. */
  readonly changed: Signal<this, void> = new Signal(this);

  get state(): SectionState {
    return this._state;
  }

  get error(): ApiError | null {
    return this._error;
  }

  /** Children that came so far. */
  get count(): number {
    return this._count;
  }

  get isTruncated(): boolean {
    return this._isTruncated;
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
    this.tree.dispose();
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
    this.forget();
    const abort = (this._abort = new AbortController());
    this._set('loading', null);
    try {
      const end = await pump(this._content(this._did, abort.signal), {
        apply: items => {
          this._count += this.tree.append(items);
          this.changed.emit();
        },
        signal: abort.signal,
        frames: this._frames
      });
      this._isTruncated = end.truncated;
      this._set('ready', null);
      this._onOutcome(null);
    } catch (reason) {
      if (abort.signal.aborted || isAbort(reason)) {
        return;
      }
      const error = asApiError(reason);
      this._set('failed', error);
      this._onOutcome(error);
    }
  }

  forget(): void {
    this._abort?.abort();
    this._abort = null;
    this.tree.clear();
    this._count = 0;
    this._isTruncated = false;
    this._set('idle', null);
  }

  private _set(state: SectionState, error: ApiError | null): void {
    this._state = state;
    this._error = error;
    this.changed.emit();
  }

  private readonly _did: string;
  private readonly _content: Contents.IOptions['content'];
  private readonly _onOutcome: Contents.IOptions['onOutcome'];
  private readonly _frames: FrameScheduler;
  private _state: SectionState = 'idle';
  private _error: ApiError | null = null;
  private _count = 0;
  private _isTruncated = false;
  private _abort: AbortController | null = null;
  private _isDisposed = false;
}

export namespace Contents {
  export interface IOptions {
    did: string;
    /** The children of a collection, one level. */
    content: (
      did: string,
      signal: AbortSignal
    ) => AsyncGenerator<IDidItem[], IStreamEnd>;
    /** Told how each request ended that was not given up. */
    onOutcome: (error: ApiError | null) => void;
    frames?: FrameScheduler;
  }
}
