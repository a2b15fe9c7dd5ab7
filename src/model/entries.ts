import { ApiError, ErrorCode } from '../api/errors';
import type { AvailabilityState, IAvailability } from '../api/types';
import type { IAvailabilityEntry, IDidKey } from '../tokens';
import { isPassing } from './backoff';

/** Entries that nobody watches are kept up to this number. */
const KEPT_ENTRIES = 5_000;

/** States after which an earlier refusal no longer matters. */
const MOVES: ReadonlySet<AvailabilityState> = new Set([
  'available',
  'replicating'
]);

/** What is known of one DID, and who wants to know. */
export interface IEntry extends IAvailabilityEntry, IDidKey {
  value: IAvailability | undefined;
  pending: boolean;
  error: ApiError | null;
  isRefused: boolean;
  watchers: number;
  /** When the value came, by our clock; 0 when it has to be asked for. */
  asOf: number;
  /** Grows with each word of the server or the user, so that older answers are known as such. */
  turn: number;
}

/** The entries of all DIDs that someone asked about. */
export class Entries {
  get(instance: string, did: string): IEntry | undefined {
    return this._entries.get(keyOf(instance, did));
  }

  obtain(instance: string, did: string): IEntry {
    const key = keyOf(instance, did);
    let entry = this._entries.get(key);
    if (!entry) {
      entry = {
        instance,
        did,
        value: undefined,
        pending: false,
        error: null,
        isRefused: false,
        watchers: 0,
        asOf: 0,
        turn: 0
      };
      this._entries.set(key, entry);
    }
    return entry;
  }

  /** Those of an instance; all of them where it is left out. */
  *of(instance?: string): Generator<IEntry> {
    for (const entry of this._entries.values()) {
      if (instance === undefined || entry.instance === instance) {
        yield entry;
      }
    }
  }

  *watched(instance?: string): Generator<IEntry> {
    for (const entry of this.of(instance)) {
      if (entry.watchers > 0) {
        yield entry;
      }
    }
  }

  /** Drops entries that nobody watches, the oldest first, when there are too many. */
  forget(): void {
    for (const [key, entry] of this._entries) {
      if (this._entries.size <= KEPT_ENTRIES) {
        return;
      }
      if (entry.watchers <= 0 && !entry.pending) {
        this._entries.delete(key);
      }
    }
  }

  private readonly _entries = new Map<string, IEntry>();
}

/** Takes over what the server said. */
export function take(entry: IEntry, value: IAvailability): void {
  entry.turn++;
  if (isNoWord(value, entry.value) && entry.value && !isNoWord(entry.value)) {
    // The last word stands, with its age, until there is another.
    entry.asOf = 0;
    if (!entry.isRefused) {
      entry.error = noWord(value);
    }
    return;
  }
  entry.value = value;
  entry.asOf = isNoWord(value) ? 0 : Date.now();
  if (!entry.isRefused || MOVES.has(value.state)) {
    entry.error = null;
    entry.isRefused = false;
  }
}

/**
 * Whether a value says no more than that Rucio could not be asked: of no place, or of no later time
 * than the word before. What is at a place and cannot be read there is unknown too, and a word.
 */
export function isNoWord(
  value: IAvailability,
  before: IAvailability | undefined = undefined
): boolean {
  if (value.state !== 'unknown' || value.type === null) {
    return false;
  }
  return value.rse === null || isNoLater(value.updated_at, before?.updated_at);
}

function isNoLater(
  time: string | null,
  before: string | null | undefined
): boolean {
  return Boolean(time && before) && Date.parse(time!) <= Date.parse(before!);
}

/** Whether the last look at it failed, and another may not. */
export function isUnlearnt(entry: IEntry): boolean {
  if (entry.pending || entry.isRefused) {
    return false;
  }
  return entry.error
    ? isPassing(entry.error)
    : entry.value !== undefined && isNoWord(entry.value);
}

/** The error that stands for the word that is missing. */
export function noWord(value: IAvailability): ApiError {
  return new ApiError(0, {
    message: value.message ?? '',
    code: ErrorCode.rucioUnreachable,
    hint: null,
    rucio: null
  });
}

/** DIDs have no control characters, so that one separates safely. */
function keyOf(instance: string, did: string): string {
  return `${instance}\n${did}`;
}
