import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import {
  ApiError,
  asApiError,
  ErrorCode,
  isAbort,
  isFilterFault
} from '../api/errors';
import type {
  DidTypeFilter,
  FilterGroup,
  IInstance,
  ISearchRequest
} from '../api/types';
import type { IInstancesModel, IRucioApi } from '../tokens';
import { BackOff, isPassing } from './backoff';
import { ConditionsModel } from './conditions';
import { cleanQuery } from './did';
import type { Conditions } from './filters';
import { onNextFrame, pump, type FrameScheduler } from './frames';
import { HistoryModel, type ISearchTerms } from './history';
import { MetadataKeysModel } from './metadataKeys';
import { queryProblem, subjectOf, type QueryProblem } from './query';
import { ScopesModel } from './scopes';
import { TreeModel } from './tree';

export type SearchPhase = 'idle' | 'running' | 'done' | 'stopped' | 'failed';

/** What a search has besides its text; what is left out stays as it is. */
export interface ISearchChanges {
  type?: DidTypeFilter;
  /** In place of the conditions of before. */
  conditions?: Conditions;
  /** The container to search inside, instead of by a text; null for everywhere. */
  inside?: string | null;
  /** Whether all is listed, whatever the limit. */
  isUnlimited?: boolean;
}

/** After so long without a first row it is said that Rucio is slow. */
const SLOW_MS = 8000;

/** One search at a time in the active instance, and its results. */
export class SearchModel implements IDisposable {
  constructor(options: SearchModel.IOptions) {
    this._api = options.api;
    this._instances = options.instances;
    this._frames = options.frames ?? onNextFrame;
    this._limit = options.limit;
    this.history = options.history ?? new HistoryModel();
    this.scopes = new ScopesModel(options);
    this.keys = new MetadataKeysModel(options);
    this.conditions = new ConditionsModel(this.keys);
    this.tree = new TreeModel({
      content: (did, signal) => this._api.content(this.instance, did, signal),
      onOutcome: error => this._instances.report(this.instance, error),
      frames: this._frames
    });
    this._instance = this._instances.active?.name ?? '';
    this._instances.activeChanged.connect(this._onActiveChanged, this);
    this._instances.signedIn.connect(this._onSignedIn, this);
    this._instances.signedOut.connect(this._onSignedOut, this);
  }

  readonly tree: TreeModel;
  /** What the next search asks of the metadata; kept while the text changes. */
  readonly conditions: ConditionsModel;
  readonly keys: MetadataKeysModel;
  readonly scopes: ScopesModel;
  readonly history: HistoryModel;

  /** Anything but the rows changed; those are told by `tree.changed`. */
  readonly changed: Signal<SearchModel, void> = new Signal(this);

  /** The text of the search that is shown; empty where it is inside a container. */
  get text(): string {
    return this._text;
  }

  /** The container that is searched inside, or null. */
  get inside(): string | null {
    return this._inside;
  }

  get type(): DidTypeFilter {
    return this._type;
  }

  /** The filters of the search that is shown, in Rucio's form. */
  get filters(): readonly FilterGroup[] {
    return this._filters;
  }

  /** Whether the rows on the screen were found with other conditions than are now written. */
  get isOutdated(): boolean {
    return (
      this._asked !== null &&
      JSON.stringify(this._asked.conditions) !==
        JSON.stringify(this.conditions.written)
    );
  }

  get phase(): SearchPhase {
    return this._phase;
  }

  get problem(): QueryProblem | null {
    return this._problem;
  }

  get error(): ApiError | null {
    return this._error;
  }

  /** Rows found so far. */
  get count(): number {
    return this._count;
  }

  /** Whether there is more than what is shown. */
  get isTruncated(): boolean {
    return this._isTruncated;
  }

  /** Whether a running search has had no row for suspiciously long. */
  get isSlow(): boolean {
    return this._isSlow;
  }

  /** The name of the instance whose rows are shown. */
  get instance(): string {
    return this._instance;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._backOff.dispose();
    this._abort?.abort();
    window.clearTimeout(this._slowTimer);
    this.tree.dispose();
    this.scopes.dispose();
    this.keys.dispose();
    Signal.clearData(this);
  }

  /**
   * Searches, in place of any search before, whose late answers no longer count.
   *
   * `scope:name` finds that, `scope:` everything in the scope. An empty text finds nothing, or what is
   * inside the container that was searched inside before. Never rejects: what goes wrong is in
   * `problem` or `error`.
   */
  async search(text: string, changes: ISearchChanges = {}): Promise<void> {
    const cleaned = cleanQuery(text);
    const { inside = cleaned === '' ? this._inside : null } = changes;
    if (cleaned !== this._text || inside !== this._inside) {
      // It was for the rows of before.
      this.tree.setNameFilter('');
    }
    this._reset();
    this._text = cleaned;
    this._inside = inside;
    this._type = changes.type ?? this._type;
    this._isUnlimited = changes.isUnlimited ?? false;
    if (changes.conditions) {
      this.conditions.replace(changes.conditions);
    }
    if (this._text === '' && this._inside === null) {
      this.changed.emit();
      return;
    }
    const abort = (this._abort = new AbortController());
    await this._instances.load();
    const instance = this._instances.active;
    if (abort.signal.aborted) {
      return;
    }
    if (instance === null) {
      // The header says what is in the way and has the button that helps.
      this.changed.emit();
      return;
    }
    const filters = this.conditions.check();
    this._problem =
      filters === null
        ? 'filters'
        : queryProblem(this._text, this._inside, instance);
    if (filters === null || this._problem !== null) {
      this.changed.emit();
      return;
    }
    this._filters = filters;
    this._asked = {
      text: this._text,
      type: this._type,
      conditions: this.conditions.written,
      inside: this._inside
    };
    await this._run(instance.name, abort);
  }

  /** Whether a search that failed is tried again from time to time. */
  get isRepeating(): boolean {
    return this._backOff.isRunning;
  }

  /** Ends a running search; the rows that came stay. */
  stop(): void {
    if (this._phase !== 'running') {
      return;
    }
    this._abort?.abort();
    this._end('stopped');
  }

  /** The same search again. */
  again(changes: ISearchChanges = {}): Promise<void> {
    return this.search(this._text, { inside: this._inside, ...changes });
  }

  /** A search of before. */
  recall(terms: ISearchTerms): Promise<void> {
    return this.search(terms.text, terms);
  }

  private async _run(instance: string, abort: AbortController): Promise<void> {
    this._instance = instance;
    this._phase = 'running';
    this._slowTimer = window.setTimeout(() => {
      this._isSlow = true;
      this.changed.emit();
    }, SLOW_MS);
    this.changed.emit();
    const error = await this._read(instance, abort);
    if (error !== null && mayPass(error)) {
      this._backOff.begin();
      this.changed.emit();
    }
  }

  /**
   * The same search once more, after one that failed: the rows stay, and new ones join them.
   *
   * @returns whether it need not be repeated again
   */
  private async _repeat(): Promise<boolean> {
    if (this._phase !== 'failed' || this._error === null) {
      return true;
    }
    const abort = (this._abort = new AbortController());
    const error = await this._read(this._instance, abort, true);
    return abort.signal.aborted || error === null || !mayPass(error);
  }

  /** Reads a search to its end. Gives what went wrong; null too where it was given up. */
  private async _read(
    instance: string,
    abort: AbortController,
    isUnattended?: boolean
  ): Promise<ApiError | null> {
    const stream = this._api.searchDids(
      instance,
      { ...this._request(), isUnattended },
      abort.signal
    );
    try {
      const end = await pump(stream, {
        apply: items => {
          window.clearTimeout(this._slowTimer);
          this._isSlow = false;
          this._count += this.tree.append(items);
          this.changed.emit();
        },
        signal: abort.signal,
        frames: this._frames
      });
      this._isTruncated = end.truncated;
      this._error = null;
      this._end('done');
      this._instances.report(instance, null);
      return null;
    } catch (reason) {
      if (isAbort(reason)) {
        return null;
      }
      const error = (this._error = asApiError(reason));
      this._end('failed');
      if (isFilterFault(error)) {
        this.conditions.setOpen(true);
      }
      this._instances.report(instance, error);
      return error;
    }
  }

  private _request(): ISearchRequest {
    return {
      ...subjectOf(this._text, this._inside),
      type: this._type,
      limit: this._isUnlimited ? undefined : this._limit?.(),
      filters: this._filters.length > 0 ? this._filters : undefined
    };
  }

  private _end(phase: SearchPhase): void {
    window.clearTimeout(this._slowTimer);
    this._isSlow = false;
    this._phase = phase;
    if (this._asked !== null && (this._count > 0 || phase === 'done')) {
      // What is misspelt, or not allowed, is not worth remembering.
      this.history.add(this._instance, this._asked);
    }
    this.changed.emit();
  }

  private _reset(): void {
    this._backOff.end();
    this._abort?.abort();
    this._abort = null;
    window.clearTimeout(this._slowTimer);
    this._isSlow = false;
    this._phase = 'idle';
    this._problem = null;
    this._error = null;
    this._filters = [];
    this._asked = null;
    this._count = 0;
    this._isTruncated = false;
    this.tree.clear();
  }

  /** Rows of another instance must not stay: the same DID may mean other data there. */
  private _onActiveChanged(_: IInstancesModel, active: IInstance | null): void {
    if (active?.name === this._instance) {
      return;
    }
    if (this._instance === '' && active !== null) {
      // The first that is known: what was searched for before that waits for it.
      this._instance = active.name;
      this.changed.emit();
      return;
    }
    this._reset();
    this._inside = null;
    this._instance = active?.name ?? '';
    this.changed.emit();
  }

  private _onSignedIn(_: IInstancesModel, name: string): void {
    if (
      name === this._instance &&
      this._error?.code === ErrorCode.notAuthenticated
    ) {
      void this.again();
    }
  }

  private _onSignedOut(_: IInstancesModel, name: string): void {
    if (name === this._instance) {
      this._reset();
      this.changed.emit();
    }
  }

  private readonly _api: IRucioApi;
  private readonly _instances: IInstancesModel;
  private readonly _frames: FrameScheduler;
  private readonly _limit: (() => number | undefined) | undefined;
  private readonly _backOff = new BackOff(() => this._repeat());
  private _abort: AbortController | null = null;
  private _slowTimer = 0;
  private _text = '';
  private _inside: string | null = null;
  private _type: DidTypeFilter = 'all';
  private _filters: readonly FilterGroup[] = [];
  private _asked: ISearchTerms | null = null;
  private _isUnlimited = false;
  private _phase: SearchPhase = 'idle';
  private _problem: QueryProblem | null = null;
  private _error: ApiError | null = null;
  private _count = 0;
  private _isTruncated = false;
  private _isSlow = false;
  private _instance = '';
  private _isDisposed = false;
}

export namespace SearchModel {
  export interface IOptions {
    api: IRucioApi;
    instances: IInstancesModel;
    /** At most so many rows; undefined means all. Asked at each search. */
    limit?: () => number | undefined;
    /** Forgets with the page where it is left out. */
    history?: HistoryModel;
    frames?: FrameScheduler;
  }
}

/** Whether the same search may succeed by and by. */
function mayPass(error: ApiError): boolean {
  return isPassing(error) && !isFilterFault(error);
}
