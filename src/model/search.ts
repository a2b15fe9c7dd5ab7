import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { ApiError, asApiError, ErrorCode, isAbort } from '../api/errors';
import type { DidTypeFilter, IInstance } from '../api/types';
import type { IInstancesModel, IRucioApi } from '../tokens';
import { parseDid } from './did';
import { onNextFrame, pump, type FrameScheduler } from './frames';
import { TreeModel } from './tree';

export type SearchPhase = 'idle' | 'running' | 'done' | 'stopped' | 'failed';

/** What is wrong with the text itself, before anyone is asked. */
export type QueryProblem = 'no-colon' | 'scope-wildcard' | 'name-wildcard';

/** After so long without a first row it is said that Rucio is slow. */
const SLOW_MS = 8000;

/** One search at a time in the active instance, and its results. */
export class SearchModel implements IDisposable {
  constructor(options: SearchModel.IOptions) {
    this._api = options.api;
    this._instances = options.instances;
    this._frames = options.frames ?? onNextFrame;
    this._limit = options.limit;
    this.tree = new TreeModel({
      content: (did, signal) => this._api.content(this.instance, did, signal),
      onOutcome: error => this._instances.report(this.instance, error),
      frames: this._frames
    });
    this._instances.activeChanged.connect(this._onActiveChanged, this);
    this._instances.signedIn.connect(this._onSignedIn, this);
    this._instances.signedOut.connect(this._onSignedOut, this);
  }

  readonly tree: TreeModel;

  /** Anything but the rows changed; those are told by `tree.changed`. */
  readonly changed: Signal<SearchModel, void> = new Signal(this);

  /** The text of the search that is shown. */
  get text(): string {
    return this._text;
  }

  get type(): DidTypeFilter {
    return this._type;
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
    this._abort?.abort();
    window.clearTimeout(this._slowTimer);
    this.tree.dispose();
    Signal.clearData(this);
  }

  /**
   * Searches, in place of any search before, whose late answers no longer count.
   *
   * `scope:name` finds that, `scope:` everything in the scope, an empty text nothing.
   * Never rejects: what goes wrong is in `problem` or `error`.
   */
  async search(text: string, type: DidTypeFilter = this._type): Promise<void> {
    this._reset();
    this._text = text.trim();
    this._type = type;
    if (this._text === '') {
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
    this._problem = queryProblem(this._text, instance);
    if (this._problem === null) {
      await this._run(instance.name, abort);
    } else {
      this.changed.emit();
    }
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
  again(): Promise<void> {
    return this.search(this._text, this._type);
  }

  private async _run(instance: string, abort: AbortController): Promise<void> {
    const did = parseDid(this._text);
    this._instance = instance;
    this._phase = 'running';
    this._slowTimer = window.setTimeout(() => {
      this._isSlow = true;
      this.changed.emit();
    }, SLOW_MS);
    this.changed.emit();
    const stream = this._api.searchDids(
      instance,
      {
        scope: did?.scope ?? '',
        // A lone star says the same as nothing, and is understood where wildcards are not allowed.
        name: did === null || did.name === '*' ? '' : did.name,
        type: this._type,
        limit: this._limit?.()
      },
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
      this._end('done');
      this._instances.report(instance, null);
    } catch (reason) {
      if (isAbort(reason)) {
        return;
      }
      this._error = asApiError(reason);
      this._end('failed');
      this._instances.report(instance, this._error);
    }
  }

  private _end(phase: SearchPhase): void {
    window.clearTimeout(this._slowTimer);
    this._isSlow = false;
    this._phase = phase;
    this.changed.emit();
  }

  private _reset(): void {
    this._abort?.abort();
    this._abort = null;
    window.clearTimeout(this._slowTimer);
    this._isSlow = false;
    this._phase = 'idle';
    this._problem = null;
    this._error = null;
    this._count = 0;
    this._isTruncated = false;
    this.tree.clear();
  }

  /** Rows of another instance must not stay: the same DID may mean other data there. */
  private _onActiveChanged(_: IInstancesModel, active: IInstance | null): void {
    if (active?.name === this._instance) {
      return;
    }
    this._reset();
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
  private _abort: AbortController | null = null;
  private _slowTimer = 0;
  private _text = '';
  private _type: DidTypeFilter = 'all';
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
    frames?: FrameScheduler;
  }
}

function queryProblem(text: string, instance: IInstance): QueryProblem | null {
  const did = parseDid(text);
  if (did === null) {
    return 'no-colon';
  }
  if (did.scope.includes('*')) {
    return 'scope-wildcard';
  }
  // A lone star says the same as nothing: everything in the scope.
  if (
    did.name !== '*' &&
    did.name.includes('*') &&
    !instance.wildcard_enabled
  ) {
    return 'name-wildcard';
  }
  return null;
}
