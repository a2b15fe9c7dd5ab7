import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import type { AvailabilityState, DidType } from '../api/types';
import type { IAvailabilityModel, IDidKey } from '../tokens';

/** How a move that was asked for here ended. */
export interface IMove extends IDidKey {
  readonly type: DidType | undefined;
  readonly state: AvailabilityState;
}

const ENDS: ReadonlySet<AvailabilityState> = new Set(['available', 'stuck']);

/** Follows what was made available from this page until it is there or stuck, seen or not. */
export class MovesModel {
  constructor(availability: IAvailabilityModel) {
    this._availability = availability;
    availability.changed.connect(this._onChanged, this);
  }

  readonly ended: Signal<MovesModel, IMove> = new Signal(this);

  private _onChanged(_: IAvailabilityModel, changes: readonly IDidKey[]): void {
    for (const { instance, did } of changes) {
      const entry = this._availability.entry(instance, did);
      const key = `${instance}\n${did}`;
      if (entry?.pending) {
        this._asked.add(key);
        continue;
      }
      const state = entry?.value?.state;
      // Of what a job brings the job is told.
      const isRule = state === 'replicating' && entry?.value?.job_id === null;
      if (this._asked.delete(key) && !entry?.error && isRule) {
        this._moving.set(key, this._availability.watch(instance, [did]));
      } else if (state !== undefined && ENDS.has(state)) {
        const watch = this._moving.get(key);
        if (watch) {
          this._moving.delete(key);
          watch.dispose();
          const type = entry?.value?.type ?? undefined;
          this.ended.emit({ instance, did, type, state });
        }
      }
    }
  }

  private readonly _availability: IAvailabilityModel;
  private readonly _asked = new Set<string>();
  private readonly _moving = new Map<string, IDisposable>();
}
