import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { type ApiError, ErrorCode, isFilterFault } from '../api/errors';
import type {
  DidTypeFilter,
  FilterGroup,
  IInstance,
  ISearchRequest
} from '../api/types';
import type { IInstancesModel, IRucioApi } from '../tokens';
import { ConditionsModel } from './conditions';
import { cleanQuery } from './did';
import type { Conditions } from './filters';
import { onNextFrame, type FrameScheduler } from './frames';
import { HistoryModel, type ISearchTerms } from './history';
import { MetadataKeysModel } from './metadataKeys';
import { queryProblem, subjectOf, type QueryProblem } from './query';
import { ScopesModel } from './scopes';
import { SearchRun, type SearchPhase } from './searchRun';
import { TreeModel } from './tree';

export type { SearchPhase } from './searchRun';

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
    return this._run?.phase ?? 'idle';
  }

  get problem(): QueryProblem | null {
    return this._problem;
  }

  get error(): ApiError | null {
    return this._run?.error ?? null;
  }

  /** Rows found so far. */
  get count(): number {
    return this._run?.count ?? 0;
  }

  /** Whether there is more than what is shown. */
  get isTruncated(): boolean {
    return this._run?.isTruncated ?? false;
  }

  /** Whether a running search has had no row for suspiciously long. */
  get isSlow(): boolean {
    return this._run?.isSlow ?? false;
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
    this._run?.dispose();
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
    const turn = this._turn;
    await this._instances.load();
    const instance = this._instances.active;
    if (turn !== this._turn) {
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
    await this._begin(instance.name);
  }

  /** Whether a search that failed is tried again from time to time. */
  get isRepeating(): boolean {
    return this._run?.isRepeating ?? false;
  }

  /** Ends a running search; the rows that came stay. */
  stop(): void {
    this._run?.stop();
  }

  /** The same search again. */
  again(changes: ISearchChanges = {}): Promise<void> {
    return this.search(this._text, { inside: this._inside, ...changes });
  }

  /** A search of before. */
  recall(terms: ISearchTerms): Promise<void> {
    return this.search(terms.text, terms);
  }

  private async _begin(instance: string): Promise<void> {
    this._instance = instance;
    this._run = new SearchRun({
      ask: (signal, isUnattended) =>
        this._api.searchDids(
          instance,
          { ...this._request(), isUnattended },
          signal
        ),
      append: items => this.tree.append(items),
      onChanged: () => this.changed.emit(),
      onEnded: run => this._remember(run),
      onOutcome: error => {
        if (error !== null && isFilterFault(error)) {
          this.conditions.setOpen(true);
        }
        this._instances.report(instance, error);
      },
      frames: this._frames
    });
    await this._run.begin();
  }

  private _request(): ISearchRequest {
    return {
      ...subjectOf(this._text, this._inside),
      type: this._type,
      limit: this._isUnlimited ? undefined : this._limit?.(),
      filters: this._filters.length > 0 ? this._filters : undefined
    };
  }

  private _remember({ count, phase }: SearchRun): void {
    if (this._asked !== null && (count > 0 || phase === 'done')) {
      // What is misspelt, or not allowed, is not worth remembering.
      this.history.add(this._instance, this._asked);
    }
  }

  private _reset(): void {
    this._turn++;
    this._run?.dispose();
    this._run = null;
    this._problem = null;
    this._filters = [];
    this._asked = null;
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
    this.tree.setNameFilter('');
    this._inside = null;
    this._instance = active?.name ?? '';
    this.changed.emit();
  }

  private _onSignedIn(_: IInstancesModel, name: string): void {
    if (
      name === this._instance &&
      this.error?.code === ErrorCode.notAuthenticated
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
  private _run: SearchRun | null = null;
  /** Raised by everything that makes a search on its way out of date. */
  private _turn = 0;
  private _text = '';
  private _inside: string | null = null;
  private _type: DidTypeFilter = 'all';
  private _filters: readonly FilterGroup[] = [];
  private _asked: ISearchTerms | null = null;
  private _isUnlimited = false;
  private _problem: QueryProblem | null = null;
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
