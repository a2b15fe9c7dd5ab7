import type { IStateDB } from '@jupyterlab/statedb';

import type { IDidKey } from '../tokens';
import type { TransfersModel } from './transfers';

const KEY = 'rucio-jupyterlab:moving';

/**
 * Remembers which replications moved, so that they are in the list of the next page too.
 *
 * The server keeps jobs; rules are Rucio's, and nobody lists those that were asked for here.
 */
export class TransferMemory {
  constructor(
    private readonly _model: TransfersModel,
    private readonly _state: IStateDB
  ) {}

  /** Goes on where the last page ended. Never rejects. */
  async begin(): Promise<void> {
    const kept = await this._state.fetch(KEY).catch(() => undefined);
    this._model.expect(keysIn(kept));
    this._kept = JSON.stringify(kept ?? []);
    this._model.changed.connect(this._onChanged, this);
  }

  private _onChanged(): void {
    const keys = this._model.movingDids.map(({ instance, did }) => ({
      instance,
      did
    }));
    const text = JSON.stringify(keys);
    if (text !== this._kept) {
      this._kept = text;
      // What cannot be kept is forgotten, which is what happened without it.
      this._state.save(KEY, keys).catch(() => undefined);
    }
  }

  private _kept = '';
}

function keysIn(kept: unknown): IDidKey[] {
  return Array.isArray(kept)
    ? kept.filter(
        (one): one is IDidKey =>
          typeof one?.instance === 'string' && typeof one?.did === 'string'
      )
    : [];
}
