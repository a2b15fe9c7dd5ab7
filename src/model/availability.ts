import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { ApiError, asApiError } from '../api/errors';
import {
  AVAILABILITY_EVENT,
  type AvailabilityState,
  type IAvailability,
  type IAvailabilityEvent,
  type IMakeAvailableRequest
} from '../api/types';
import type {
  IAvailabilityEntry,
  IAvailabilityModel,
  IDidKey,
  IInstancesModel,
  IRucioApi
} from '../tokens';

/** How long rows that scroll into view are gathered before they are asked about. */
const GATHER_MS = 60;
/** How long an answer counts as fresh when a row comes back into view. */
const FRESH_MS = 30_000;
/** Something moved, so what depends on it may have: asked again soon, but not more often than this. */
const DEPENDENTS_MS = 2_000;
const DEPENDENTS_SOON_MS = 250;
/** Without an event for so long, what moves is asked about: events can be lost. */
const SILENCE_MS = 30_000;
/** A request line longer than a few kB is refused by proxies. */
const REQUEST_CHARACTERS = 4_000;
/** Entries that nobody watches are kept up to this number. */
const KEPT_ENTRIES = 5_000;

/** States after which an earlier refusal no longer matters. */
const MOVES: ReadonlySet<AvailabilityState> = new Set([
  'available',
  'replicating'
]);

interface IEntry extends IAvailabilityEntry, IDidKey {
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

/** The availability of DIDs, asked for in batches and kept true by events. */
export class AvailabilityModel implements IAvailabilityModel {
  constructor(options: AvailabilityModel.IOptions) {
    this._api = options.api;
    this._instances = options.instances;
    this._instances.signedIn.connect(this._onSignedIn, this);
    this._instances.signedOut.connect(this._onSignedOut, this);
    this._silence = window.setInterval(() => this._afterSilence(), SILENCE_MS);
  }

  readonly changed: Signal<IAvailabilityModel, readonly IDidKey[]> = new Signal(
    this
  );

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._abort.abort();
    window.clearTimeout(this._gathering);
    window.clearTimeout(this._dependents);
    window.clearInterval(this._silence);
    Signal.clearData(this);
  }

  get(instance: string, did: string): IAvailability | undefined {
    return this._entries.get(keyOf(instance, did))?.value;
  }

  entry(instance: string, did: string): IAvailabilityEntry | undefined {
    return this._entries.get(keyOf(instance, did));
  }

  watch(instance: string, dids: readonly string[]): IDisposable {
    const entries = dids.map(did => this._obtain(instance, did));
    for (const entry of entries) {
      entry.watchers++;
      if (Date.now() - entry.asOf > FRESH_MS) {
        this._ask(entry);
      }
    }
    return new DisposableDelegate(() => {
      for (const entry of entries) {
        entry.watchers--;
      }
      this._forget();
    });
  }

  refresh(instance?: string): void {
    for (const entry of this._entries.values()) {
      if (instance !== undefined && entry.instance !== instance) {
        continue;
      }
      entry.asOf = 0;
      if (entry.watchers > 0) {
        this._ask(entry);
      }
    }
  }

  async makeAvailable(
    instance: string,
    request: IMakeAvailableRequest
  ): Promise<void> {
    const entry = this._obtain(instance, request.did);
    const before = entry.value;
    const turn = ++entry.turn;
    entry.pending = true;
    entry.error = null;
    entry.isRefused = false;
    if (before && before.state !== 'available') {
      entry.value = { ...before, state: 'replicating', message: null };
    }
    this._emit([entry]);
    try {
      const value = await this._api.makeAvailable(instance, request);
      entry.pending = false;
      // An event that overtook the answer is the newer word.
      if (entry.turn === turn) {
        this._set(entry, value);
      }
      this._instances.report(instance, null);
      this._askDependents(instance, request.did);
    } catch (reason) {
      const error = asApiError(reason);
      entry.pending = false;
      entry.error = error;
      entry.isRefused = true;
      if (entry.turn === turn) {
        entry.value = before;
      }
      this._instances.report(instance, error);
      throw error;
    } finally {
      this._emit([entry]);
    }
  }

  /** Takes an event from Jupyter's bus; those of others are left alone. */
  handleEvent(event: { schema_id: string }): void {
    if (event.schema_id !== AVAILABILITY_EVENT) {
      return;
    }
    const value = event as unknown as IAvailabilityEvent;
    const entry = this._entries.get(keyOf(value.instance, value.did));
    if (!entry) {
      return;
    }
    this._set(entry, value);
    this._emit([entry]);
    this._askDependents(value.instance, value.did);
  }

  private _obtain(instance: string, did: string): IEntry {
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

  private _set(entry: IEntry, value: IAvailability): void {
    entry.value = value;
    entry.asOf = Date.now();
    entry.turn++;
    if (!entry.isRefused || MOVES.has(value.state)) {
      entry.error = null;
      entry.isRefused = false;
    }
  }

  private _ask(entry: IEntry): void {
    this._wanted.add(entry);
    if (this._gathering === 0) {
      this._gathering = window.setTimeout(() => {
        this._gathering = 0;
        const wanted = [...this._wanted];
        this._wanted.clear();
        // Rows that were scrolled past meanwhile need no answer any more.
        this._request(wanted.filter(one => one.watchers > 0));
      }, GATHER_MS);
    }
  }

  private _request(entries: readonly IEntry[]): void {
    const byInstance = new Map<string, IEntry[]>();
    for (const entry of entries) {
      const list = byInstance.get(entry.instance) ?? [];
      list.push(entry);
      byInstance.set(entry.instance, list);
    }
    for (const [instance, list] of byInstance) {
      for (const piece of inPieces(list)) {
        void this._fetch(instance, piece);
      }
    }
  }

  private async _fetch(instance: string, entries: IEntry[]): Promise<void> {
    const turns = entries.map(entry => entry.turn);
    try {
      const values = await this._api.availability(
        instance,
        entries.map(entry => entry.did),
        this._abort.signal
      );
      entries.forEach((entry, i) => {
        const value = values[i];
        if (value && entry.turn === turns[i] && !entry.pending) {
          this._set(entry, value);
        }
      });
      this._instances.report(instance, null);
    } catch (reason) {
      if (this._isDisposed) {
        return;
      }
      const error = asApiError(reason);
      for (const entry of entries) {
        entry.asOf = 0;
        if (!entry.pending && !entry.isRefused) {
          entry.error = error;
        }
      }
      this._instances.report(instance, error);
    }
    this._emit(entries);
  }

  /** The files of a dataset that moves have moved too; those in view are asked about again. */
  private _askDependents(instance: string, did: string): void {
    if (this._dependents !== 0) {
      return;
    }
    const next = this._dependentsAsked + DEPENDENTS_MS - Date.now();
    this._dependents = window.setTimeout(
      () => {
        this._dependents = 0;
        this._dependentsAsked = Date.now();
        for (const entry of this._entries.values()) {
          if (
            entry.instance === instance &&
            entry.did !== did &&
            entry.watchers > 0 &&
            entry.value?.state !== 'available'
          ) {
            this._ask(entry);
          }
        }
      },
      Math.max(DEPENDENTS_SOON_MS, next)
    );
  }

  private _afterSilence(): void {
    if (document.visibilityState === 'hidden') {
      return;
    }
    for (const entry of this._entries.values()) {
      const isStale = Date.now() - entry.asOf >= SILENCE_MS;
      if (
        entry.watchers > 0 &&
        isStale &&
        entry.value?.state === 'replicating'
      ) {
        this._ask(entry);
      }
    }
  }

  private _forget(): void {
    if (this._entries.size <= KEPT_ENTRIES) {
      return;
    }
    for (const [key, entry] of this._entries) {
      if (entry.watchers <= 0 && !entry.pending) {
        this._entries.delete(key);
      }
      if (this._entries.size <= KEPT_ENTRIES) {
        return;
      }
    }
  }

  private _onSignedIn(_: IInstancesModel, instance: string): void {
    for (const entry of this._entries.values()) {
      if (entry.instance === instance) {
        entry.error = null;
        entry.isRefused = false;
      }
    }
    this.refresh(instance);
  }

  private _onSignedOut(_: IInstancesModel, instance: string): void {
    const gone: IEntry[] = [];
    for (const entry of this._entries.values()) {
      if (entry.instance === instance) {
        entry.value = undefined;
        entry.error = null;
        entry.isRefused = false;
        entry.asOf = 0;
        // Answers that are still on their way were given to who has signed out.
        entry.turn++;
        gone.push(entry);
      }
    }
    this._emit(gone);
  }

  private _emit(entries: readonly IEntry[]): void {
    if (!this._isDisposed) {
      this.changed.emit(entries);
    }
  }

  private readonly _api: IRucioApi;
  private readonly _instances: IInstancesModel;
  private readonly _entries = new Map<string, IEntry>();
  private readonly _wanted = new Set<IEntry>();
  private readonly _abort = new AbortController();
  private readonly _silence: number;
  private _gathering = 0;
  private _dependents = 0;
  private _dependentsAsked = 0;
  private _isDisposed = false;
}

export namespace AvailabilityModel {
  export interface IOptions {
    api: IRucioApi;
    instances: IInstancesModel;
  }
}

/** DIDs have no control characters, so that one separates safely. */
function keyOf(instance: string, did: string): string {
  return `${instance}\n${did}`;
}

function inPieces(entries: readonly IEntry[]): IEntry[][] {
  const pieces: IEntry[][] = [];
  let characters = REQUEST_CHARACTERS;
  for (const entry of entries) {
    const length = encodeURIComponent(entry.did).length + 5;
    if (characters + length > REQUEST_CHARACTERS) {
      pieces.push([]);
      characters = 0;
    }
    pieces[pieces.length - 1].push(entry);
    characters += length;
  }
  return pieces;
}
