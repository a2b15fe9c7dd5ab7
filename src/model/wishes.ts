import type { ApiError } from '../api/errors';
import type { IAvailability } from '../api/types';
import { isUnclear } from './backoff';
import type { IEntry } from './entries';

/** Something that the user asked of a DID, and that is shown before the server has said yes. */
export interface IWish {
  readonly entry: IEntry;
  readonly turn: number;
  readonly before: IAvailability | undefined;
}

/** Shows a DID as on its way. */
export function wishFor(entry: IEntry): IWish {
  const before = entry.value;
  const turn = ++entry.turn;
  entry.pending = true;
  entry.error = null;
  entry.isRefused = false;
  if (before && before.state !== 'available') {
    entry.value = { ...before, state: 'replicating', message: null };
  }
  return { entry, turn, before };
}

/** The server said yes. Returns whether its answer is the last word: an event may have overtaken it. */
export function grant({ entry, turn }: IWish): boolean {
  entry.pending = false;
  return entry.turn === turn;
}

/** The server said no, or nothing at all: then it is not known whether it moves. */
export function refuse({ entry, turn, before }: IWish, error: ApiError): void {
  entry.pending = false;
  entry.error = error;
  entry.isRefused = !isUnclear(error);
  if (entry.turn === turn) {
    entry.value = before;
  }
  if (isUnclear(error)) {
    entry.asOf = 0;
  }
}
