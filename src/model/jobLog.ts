import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { type ApiError, asApiError, isAbort } from '../api/errors';
import type { ITransfersApi } from '../tokens';

/** How often a log is asked whether it goes on. */
const AGAIN_MS = 1_000;
/** The server gives long logs in parts; after one of so many characters there is more. */
const LONG_PART = 10_000;
const AGAIN_AFTER_FAULT_MS = 5_000;

/** More text than this makes the page slow; the beginning gives way. */
const MOST_CHARACTERS = 1_000_000;

/** What a job logs, followed while it runs. */
export class JobLogModel implements IDisposable {
  constructor(api: ITransfersApi, id: string) {
    this._api = api;
    this._id = id;
  }

  readonly changed: Signal<JobLogModel, void> = new Signal(this);

  get text(): string {
    return this._text;
  }

  /** Whether the beginning was too long ago to be kept. */
  get isCut(): boolean {
    return this._isCut;
  }

  /** Whether nothing more will come. */
  get isEnded(): boolean {
    return this._isEnded;
  }

  /** Whether anything was answered yet. */
  get isRead(): boolean {
    return this._isRead;
  }

  /** Why it does not go on now; it is tried again. */
  get error(): ApiError | null {
    return this._error;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.clearTimeout(this._timer);
    this._abort.abort();
    Signal.clearData(this);
  }

  /** Reads what there is and goes on until the log has ended. Never rejects. */
  async follow(): Promise<void> {
    let waitMs = AGAIN_MS;
    try {
      const part = await this._api.jobLog(
        this._id,
        this._offset,
        this._abort.signal
      );
      this._offset = part.next_offset;
      this._error = null;
      this._isEnded = part.is_ended && part.text === '';
      // What has been written already is read without a pause.
      const isBehind = part.is_ended || part.text.length >= LONG_PART;
      waitMs = isBehind ? 0 : AGAIN_MS;
      this._add(part.text);
    } catch (reason) {
      if (isAbort(reason) || this._isDisposed) {
        return;
      }
      this._error = asApiError(reason);
      waitMs = AGAIN_AFTER_FAULT_MS;
    }
    if (this._isDisposed) {
      return;
    }
    this._isRead = true;
    this.changed.emit();
    if (!this._isEnded) {
      this._timer = window.setTimeout(() => void this.follow(), waitMs);
    }
  }

  private _add(text: string): void {
    this._text += text;
    const tooMuch = this._text.length - MOST_CHARACTERS;
    if (tooMuch > 0) {
      const lineEnd = this._text.indexOf('\n', tooMuch);
      this._text = this._text.slice(lineEnd < 0 ? tooMuch : lineEnd + 1);
      this._isCut = true;
    }
  }

  private readonly _api: ITransfersApi;
  private readonly _id: string;
  private readonly _abort = new AbortController();
  private _text = '';
  private _offset = 0;
  private _isCut = false;
  private _isEnded = false;
  private _isRead = false;
  private _error: ApiError | null = null;
  private _isDisposed = false;
  private _timer = 0;
}
