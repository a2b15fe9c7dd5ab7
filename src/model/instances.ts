import type { IStateDB } from '@jupyterlab/statedb';
import { Signal } from '@lumino/signaling';

import { ApiError, asApiError, ErrorCode } from '../api/errors';
import type {
  ICredentialsRequest,
  IErrorBody,
  IInstance,
  IInstances
} from '../api/types';
import type {
  Connection,
  IInstancesModel,
  InstancesPhase,
  IReloaded,
  IRucioApi
} from '../tokens';
import { Refusals } from './refusals';
import { connectionOf, problemOf, whatChanged } from './standing';

const STATE_KEY = 'rucio-jupyterlab:active-instance';

/** The version of the contract that this browser part speaks. */
const API_VERSION = 1;

/** The configured Rucio instances, the active one among them, and who is signed in. */
export class InstancesModel implements IInstancesModel {
  constructor(options: InstancesModel.IOptions) {
    this._api = options.api;
    this._state = options.state;
  }

  readonly changed: Signal<IInstancesModel, void> = new Signal(this);
  readonly activeChanged: Signal<IInstancesModel, IInstance | null> =
    new Signal(this);
  readonly signedIn: Signal<IInstancesModel, string> = new Signal(this);
  readonly signedOut: Signal<IInstancesModel, string> = new Signal(this);

  get phase(): InstancesPhase {
    return this._phase;
  }

  get error(): ApiError | null {
    return this._error;
  }

  get items(): readonly IInstance[] {
    return this._items;
  }

  get active(): IInstance | null {
    return this.get(this._activeName) ?? null;
  }

  /** The instances that refused what this page asked for, and why, as far as that is known. */
  readonly refusals = new Refusals();

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  get(name: string): IInstance | undefined {
    return this._items.find(instance => instance.name === name);
  }

  setActive(name: string): void {
    if (name === this._activeName || !this.get(name)) {
      return;
    }
    this._activeName = name;
    this._state?.save(STATE_KEY, name).catch(reason => {
      console.warn(
        'The active Rucio instance could not be remembered.',
        reason
      );
    });
    this.activeChanged.emit(this.active);
    this.changed.emit();
  }

  load(): Promise<void> {
    this._loading ??= this._fetch();
    return this._loading;
  }

  refresh(): Promise<void> {
    this._loading = this._fetch();
    return this._loading;
  }

  look(): Promise<void> {
    if (this._phase === 'idle' || this._phase === 'loading') {
      return this._loading ?? Promise.resolve();
    }
    this._looking ??= this._look().finally(() => {
      this._looking = null;
    });
    return this._looking;
  }

  async reload(): Promise<IReloaded> {
    const before = this._items;
    const answer = await this._api.reloadConfiguration();
    // Lists that are on their way were written before.
    this._turn++;
    this._take(answer, { askedAt: Date.now(), isFresh: true });
    return whatChanged(before, this._items);
  }

  connection(name: string): Connection {
    return connectionOf(this.get(name), this._faults.get(name));
  }

  problem(name: string): IErrorBody | null {
    return problemOf(this.get(name), this._faults.get(name));
  }

  async signIn(name: string, credentials: ICredentialsRequest): Promise<void> {
    await this._api.setCredentials(name, credentials);
    this._faults.delete(name);
    this._returning.add(name);
    await this.refresh();
    if (this._returning.delete(name)) {
      // The list could not be fetched, and Rucio has said yes all the same.
      this.signedIn.emit(name);
    }
  }

  async signOut(name: string): Promise<void> {
    await this._api.deleteCredentials(name);
    this.refusals.forget(name);
    this._setOut(name);
    this.signedOut.emit(name);
    await this.refresh();
  }

  report(name: string, error: ApiError | null): void {
    if (error?.code === ErrorCode.notAuthenticated) {
      this._onRefused(name);
      return;
    }
    const before = this._faults.get(name)?.code;
    if (error !== null && REACHABILITY.has(error.code)) {
      this._faults.set(name, error);
    } else if (error === null) {
      this._faults.delete(name);
      this._onAccepted(name);
    }
    if (this._faults.get(name)?.code !== before) {
      this.changed.emit();
    }
  }

  private _onRefused(name: string): void {
    if (this.get(name)?.authenticated) {
      this.refusals.note(name);
      this._setOut(name);
      this.changed.emit();
      // Only the server knows why.
      void this.look();
    }
  }

  private _onAccepted(name: string): void {
    const instance = this.get(name);
    if (instance?.authenticated === false) {
      this.refusals.forget(name);
      void this.look();
    } else if (instance?.account === null && !this._unnamed.has(name)) {
      // Of a token only Rucio knows whose account it is, and it has just been asked something.
      this._unnamed.add(name);
      void this.look();
    }
  }

  private _setOut(name: string): void {
    this._items = this._items.map(item =>
      item.name === name ? { ...item, authenticated: false } : item
    );
  }

  private async _fetch(): Promise<void> {
    const turn = ++this._turn;
    const askedAt = Date.now();
    this._phase = this._items.length > 0 ? 'ready' : 'loading';
    this.changed.emit();
    try {
      const answer = await this._ask();
      if (turn === this._turn) {
        this._take(answer, { askedAt, isFresh: true });
      }
    } catch (reason) {
      if (turn === this._turn && !this._isDisposed) {
        this._phase = 'failed';
        this._error = asApiError(reason);
        this.changed.emit();
      }
    }
  }

  private async _look(): Promise<void> {
    const turn = this._turn;
    const askedAt = Date.now();
    const isFresh = this._phase === 'failed';
    try {
      const answer = isFresh
        ? await this._ask()
        : await this._api.instances(true);
      if (turn === this._turn) {
        this._take(answer, { askedAt, isFresh });
      }
    } catch {
      // Nobody asked; what is wrong shows itself with what somebody asks for.
    }
  }

  private async _ask(): Promise<IInstances> {
    const hello = await this._api.hello();
    if (hello.api !== API_VERSION) {
      throw versionMismatch(hello.version);
    }
    this._remembered ??= await this._recall();
    return this._api.instances();
  }

  private _take(answer: IInstances, look: ILook): void {
    if (this._isDisposed) {
      return;
    }
    const before = this._items;
    this._items = answer.items.map(item =>
      this.refusals.judge(item, look.askedAt, look.isFresh)
    );
    this._phase = 'ready';
    this._error = null;
    if (look.isFresh) {
      // Someone asked for a fresh look: what was wrong before has to show itself again.
      this._faults.clear();
    }
    this._choose([
      this._activeName,
      this._remembered ?? '',
      answer.default_instance ?? ''
    ]);
    this.changed.emit();
    this._tellReturned(before);
  }

  private _choose(wishes: readonly string[]): void {
    const before = this._activeName;
    const wish = wishes.find(name => this.get(name) !== undefined);
    this._activeName = wish ?? this._items[0]?.name ?? '';
    if (this._activeName !== before) {
      this.activeChanged.emit(this.active);
    }
  }

  /** What waits for somebody to be signed in goes on. */
  private _tellReturned(before: readonly IInstance[]): void {
    const out = new Set(
      before.filter(item => !item.authenticated).map(item => item.name)
    );
    for (const { name, authenticated } of this._items) {
      const isBack = this._returning.delete(name) || out.has(name);
      if (authenticated && isBack) {
        this._unnamed.delete(name);
        this.signedIn.emit(name);
      }
    }
  }

  private async _recall(): Promise<string> {
    try {
      const name = await this._state?.fetch(STATE_KEY);
      return typeof name === 'string' ? name : '';
    } catch {
      // A state database that cannot be read costs the user a click, no more.
      return '';
    }
  }

  private readonly _api: IRucioApi;
  private readonly _state: IStateDB | undefined;
  private readonly _faults = new Map<string, ApiError>();
  /** Those that somebody has just signed in to: told to be back, whatever they were before. */
  private readonly _returning = new Set<string>();
  /** Those whose account was looked for since they were signed in to. */
  private readonly _unnamed = new Set<string>();
  private _phase: InstancesPhase = 'idle';
  private _error: ApiError | null = null;
  private _items: readonly IInstance[] = [];
  private _activeName = '';
  /** The choice of an earlier page; null until it was read. */
  private _remembered: string | null = null;
  private _loading: Promise<void> | null = null;
  private _looking: Promise<void> | null = null;
  private _turn = 0;
  private _isDisposed = false;
}

export namespace InstancesModel {
  export interface IOptions {
    api: IRucioApi;
    /** Where the choice of the active instance is kept between page loads. */
    state?: IStateDB;
  }
}

/** How the server was asked for a list. */
interface ILook {
  readonly askedAt: number;
  /** Whether the user wished it. */
  readonly isFresh: boolean;
}

/** Errors that say something of the connection and not of what was asked. */
const REACHABILITY: ReadonlySet<string> = new Set([
  ErrorCode.rucioUnreachable,
  ErrorCode.rucioTimeout,
  ErrorCode.rucioBusy
]);

function versionMismatch(version: string): ApiError {
  return new ApiError(0, {
    message: `The server part of the Rucio extension (${version}) does not fit this page.`,
    code: ErrorCode.versionMismatch,
    hint: 'Reload the page. If it stays, install the same version of rucio-jupyterlab for the server and for JupyterLab.',
    rucio: null
  });
}
