import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { type ApiError, asApiError } from '../api/errors';
import {
  AVAILABILITY_EVENT,
  type IAvailability,
  type IAvailabilityEvent,
  type IDownloadRequest,
  type IJob,
  type IMakeAvailableRequest
} from '../api/types';
import type {
  IAvailabilityEntry,
  IAvailabilityModel,
  IDidKey,
  IInstancesModel,
  IRucioApi
} from '../tokens';
import { BackOff, isPassing, isUnclear } from './backoff';
import {
  Entries,
  isNoWord,
  isUnlearnt,
  noWord,
  take,
  type IEntry
} from './entries';
import { inPieces } from './pieces';
import { PlansModel } from './plan';
import { grant, refuse, wishFor, type IWish } from './wishes';

/** How long rows that scroll into view are gathered before they are asked about. */
const GATHER_MS = 60;
/** How long an answer counts as fresh when a row comes back into view. */
const FRESH_MS = 30_000;
/** Something moved, so what depends on it may have: asked again soon, but not more often than this. */
const DEPENDENTS_MS = 2_000;
const DEPENDENTS_SOON_MS = 250;
/** Without an event for so long, what moves is asked about: events can be lost. */
const SILENCE_MS = 30_000;
/** After so long, what is on the screen of someone who is there is asked about again. */
const STALE_MS = 120_000;

/** The availability of DIDs, asked for in batches and kept true by events. */
export class AvailabilityModel implements IAvailabilityModel {
  constructor(options: AvailabilityModel.IOptions) {
    this._api = options.api;
    this.plans = new PlansModel(options.api);
    this._instances = options.instances;
    this._instances.signedIn.connect(this._onSignedIn, this);
    this._instances.signedOut.connect(this._onSignedOut, this);
    this._silence = window.setInterval(() => this._afterSilence(), SILENCE_MS);
  }

  readonly changed: Signal<IAvailabilityModel, readonly IDidKey[]> = new Signal(
    this
  );

  readonly plans: PlansModel;

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
    this._again.dispose();
    Signal.clearData(this);
  }

  get(instance: string, did: string): IAvailability | undefined {
    return this._entries.get(instance, did)?.value;
  }

  entry(instance: string, did: string): IAvailabilityEntry | undefined {
    return this._entries.get(instance, did);
  }

  watch(instance: string, dids: readonly string[]): IDisposable {
    const entries = dids.map(did => this._entries.obtain(instance, did));
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
      this._entries.forget();
    });
  }

  refresh(instance?: string): void {
    for (const entry of this._entries.of(instance)) {
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
    const entry = this._entries.obtain(instance, request.did);
    await this._wish(instance, [entry], async ([wish]) => {
      const value = await this._api.makeAvailable(instance, request);
      if (grant(wish)) {
        this._set(entry, value);
      }
    });
    this._askDependents(instance, request.did);
  }

  async download(instance: string, request: IDownloadRequest): Promise<IJob> {
    // Where data is made available otherwise, a download says nothing of that.
    const isShown = this._instances.get(instance)?.mode === 'download';
    const entries = isShown
      ? request.dids.map(did => this._entries.obtain(instance, did))
      : [];
    const job = await this._wish(instance, entries, async wishes => {
      const taken = await this._api.download(instance, request);
      wishes.forEach(grant);
      return taken;
    });
    this.refresh(instance);
    return job;
  }

  /** Takes an event from Jupyter's bus; those of others are left alone. */
  handleEvent(event: { schema_id: string }): void {
    if (event.schema_id !== AVAILABILITY_EVENT) {
      return;
    }
    const value = event as unknown as IAvailabilityEvent;
    const entry = this._entries.get(value.instance, value.did);
    if (!entry) {
      return;
    }
    this._set(entry, value);
    this._emit([entry]);
    this._askDependents(value.instance, value.did);
    // What Rucio tells the server shows that it is back; no request may follow that would.
    const connection = this._instances.connection(value.instance);
    const isAway = connection === 'unreachable' || connection === 'slow';
    if (isAway && value.state !== 'unknown') {
      this._instances.report(value.instance, null);
    }
  }

  /** Shows what is asked for at once, and takes it back where the server refuses. */
  private async _wish<T>(
    instance: string,
    entries: readonly IEntry[],
    send: (wishes: readonly IWish[]) => Promise<T>
  ): Promise<T> {
    this.plans.forget(instance);
    const wishes = entries.map(wishFor);
    this._emit(entries);
    try {
      const answer = await send(wishes);
      this._instances.report(instance, null);
      return answer;
    } catch (reason) {
      const error = asApiError(reason);
      wishes.forEach(wish => refuse(wish, error));
      if (wishes.length > 0 && isUnclear(error)) {
        this._again.begin();
      }
      this._instances.report(instance, error);
      throw error;
    } finally {
      this._emit(entries);
    }
  }

  private _set(entry: IEntry, value: IAvailability): void {
    take(entry, value);
    if (isUnlearnt(entry)) {
      this._again.begin();
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
        void this._request(wanted.filter(one => one.watchers > 0));
      }, GATHER_MS);
    }
  }

  private async _request(entries: readonly IEntry[]): Promise<void> {
    const requests: Promise<void>[] = [];
    const byInstance = new Map<string, IEntry[]>();
    for (const entry of entries) {
      const list = byInstance.get(entry.instance) ?? [];
      list.push(entry);
      byInstance.set(entry.instance, list);
    }
    for (const [instance, list] of byInstance) {
      for (const piece of inPieces(list, entry => entry.did)) {
        requests.push(this._fetch(instance, piece));
      }
    }
    await Promise.all(requests);
  }

  /** Asks again about what could not be learnt. Resolves with whether all of it is known now. */
  private async _retry(): Promise<boolean> {
    const unknown = () => [...this._entries.watched()].filter(isUnlearnt);
    await this._request(unknown());
    return unknown().length === 0;
  }

  private async _fetch(instance: string, entries: IEntry[]): Promise<void> {
    const turns = new Map(entries.map(entry => [entry.did, entry.turn]));
    const waiting = new Map(entries.map(entry => [entry.did, entry]));
    let isAnswered = false;
    let silence: ApiError | null = null;
    try {
      const stream = this._api.availability(
        instance,
        [...waiting.keys()],
        this._abort.signal
      );
      for await (const values of stream) {
        const told: IEntry[] = [];
        for (const value of values) {
          if (isNoWord(value)) {
            silence ??= noWord(value);
          } else {
            isAnswered = true;
          }
          const entry = waiting.get(value.did);
          waiting.delete(value.did);
          if (entry && entry.turn === turns.get(value.did) && !entry.pending) {
            this._set(entry, value);
            told.push(entry);
          }
        }
        this._emit(told);
      }
      // Rucio stays away where there was no word of it at all.
      if (isAnswered || silence !== null) {
        this._instances.report(instance, isAnswered ? null : silence);
      }
    } catch (reason) {
      if (this._isDisposed) {
        return;
      }
      const error = asApiError(reason);
      for (const entry of waiting.values()) {
        entry.asOf = 0;
        if (!entry.pending && !entry.isRefused) {
          entry.error = error;
        }
      }
      this._instances.report(instance, error);
      if (isPassing(error)) {
        this._again.begin();
      }
      this._emit([...waiting.values()]);
    }
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
        for (const entry of this._entries.watched(instance)) {
          if (entry.did !== did && entry.value?.state !== 'available') {
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
    for (const entry of this._entries.watched()) {
      const age = Date.now() - entry.asOf;
      const isMoving = entry.value?.state === 'replicating';
      const isStale = document.hasFocus() && age >= STALE_MS;
      if (isStale || (isMoving && age >= SILENCE_MS)) {
        this._ask(entry);
      }
    }
  }

  private _onSignedIn(_: IInstancesModel, instance: string): void {
    for (const entry of this._entries.of(instance)) {
      entry.error = null;
      entry.isRefused = false;
    }
    this.refresh(instance);
  }

  private _onSignedOut(_: IInstancesModel, instance: string): void {
    const gone = [...this._entries.of(instance)];
    for (const entry of gone) {
      entry.value = undefined;
      entry.error = null;
      entry.isRefused = false;
      entry.asOf = 0;
      // Answers that are still on their way were given to who has signed out.
      entry.turn++;
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
  private readonly _entries = new Entries();
  private readonly _wanted = new Set<IEntry>();
  private readonly _abort = new AbortController();
  private readonly _silence: number;
  private readonly _again = new BackOff(() => this._retry());
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
