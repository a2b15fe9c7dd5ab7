import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { type ApiError, asApiError } from '../api/errors';
import type { ICopy } from '../api/types';
import type { IRucioApi } from '../tokens';
import { Section } from './section';

/** The local copies of an instance, and what becomes of them. */
export class CopiesModel implements IDisposable {
  constructor(
    private readonly _api: Pick<IRucioApi, 'copies' | 'deleteCopy'>,
    private readonly _instance: string
  ) {
    this.list = new Section<ICopy[]>({
      fetch: signal => this._api.copies(this._instance, signal)
    });
    this.list.changed.connect(() => this.changed.emit());
  }

  readonly changed: Signal<CopiesModel, void> = new Signal(this);

  readonly list: Section<ICopy[]>;

  /** The copy that the user is asked about before it goes, or null. */
  get asked(): string | null {
    return this._asked;
  }

  /** The copy that is being deleted, or null. */
  get deleting(): string | null {
    return this._deleting;
  }

  /** What came of the last deletion: the bytes that are free again, or why not. */
  get outcome(): IFreed | ApiError | null {
    return this._outcome;
  }

  get totalBytes(): number {
    return (this.list.value ?? []).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get isDisposed(): boolean {
    return this.list.isDisposed;
  }

  dispose(): void {
    this.list.dispose();
    Signal.clearData(this);
  }

  /** Asks whether a copy is to go; null takes the question back. */
  ask(did: string | null): void {
    this._asked = did;
    this._outcome = null;
    this.changed.emit();
  }

  /** Deletes the copy that was asked about. Never rejects. */
  async deleteAsked(): Promise<void> {
    const did = this._asked;
    if (did === null || this._deleting !== null) {
      return;
    }
    this._asked = null;
    this._deleting = did;
    this.changed.emit();
    try {
      const bytes = await this._api.deleteCopy(this._instance, did);
      this._outcome = { did, bytes };
    } catch (reason) {
      this._outcome = asApiError(reason);
    }
    this._deleting = null;
    if (!this.isDisposed) {
      this.changed.emit();
      await this.list.reload();
    }
  }

  private _asked: string | null = null;
  private _deleting: string | null = null;
  private _outcome: IFreed | ApiError | null = null;
}

export interface IFreed {
  readonly did: string;
  readonly bytes: number;
}
