import type { IStateDB } from '@jupyterlab/statedb';
import { Signal } from '@lumino/signaling';

import { ApiError, asApiError, ErrorCode } from '../api/errors';
import type { ICredentialsRequest, IErrorBody, IInstance } from '../api/types';
import type {
  Connection,
  IInstancesModel,
  InstancesPhase,
  IRucioApi
} from '../tokens';

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

  connection(name: string): Connection {
    const instance = this.get(name);
    if (!instance || instance.problem?.code.startsWith(CONFIGURATION)) {
      return 'misconfigured';
    }
    const code = this._faults.get(name)?.code;
    if (code === ErrorCode.rucioTimeout || code === ErrorCode.rucioBusy) {
      return 'slow';
    }
    if (code !== undefined) {
      return 'unreachable';
    }
    return instance.authenticated ? 'connected' : 'signed-out';
  }

  problem(name: string): IErrorBody | null {
    return this._faults.get(name)?.toBody() ?? this.get(name)?.problem ?? null;
  }

  async signIn(name: string, credentials: ICredentialsRequest): Promise<void> {
    await this._api.setCredentials(name, credentials);
    this._faults.delete(name);
    await this.refresh();
    this.signedIn.emit(name);
  }

  async signOut(name: string): Promise<void> {
    await this._api.deleteCredentials(name);
    this.signedOut.emit(name);
    await this.refresh();
  }

  report(name: string, error: ApiError | null): void {
    if (error?.code === ErrorCode.notAuthenticated) {
      this._setAuthenticated(name, false);
      return;
    }
    const before = this._faults.get(name)?.code;
    if (error !== null && REACHABILITY.has(error.code)) {
      this._faults.set(name, error);
    } else if (error === null) {
      this._faults.delete(name);
      this._setAuthenticated(name, true);
    }
    if (this._faults.get(name)?.code !== before) {
      this.changed.emit();
    }
  }

  private _setAuthenticated(name: string, authenticated: boolean): void {
    const instance = this.get(name);
    if (!instance || instance.authenticated === authenticated) {
      return;
    }
    this._items = this._items.map(item =>
      item === instance ? { ...item, authenticated } : item
    );
    this.changed.emit();
  }

  private async _fetch(): Promise<void> {
    const turn = ++this._turn;
    this._phase = this._items.length > 0 ? 'ready' : 'loading';
    this.changed.emit();
    try {
      const hello = await this._api.hello();
      if (hello.api !== API_VERSION) {
        throw versionMismatch(hello.version);
      }
      const remembered = await this._remembered();
      const answer = await this._api.instances();
      if (turn !== this._turn || this._isDisposed) {
        return;
      }
      this._take(answer.items, [
        this._activeName,
        remembered,
        answer.default_instance
      ]);
    } catch (reason) {
      if (turn !== this._turn || this._isDisposed) {
        return;
      }
      this._phase = 'failed';
      this._error = asApiError(reason);
    }
    this.changed.emit();
  }

  private _take(items: IInstance[], wishes: (string | null)[]): void {
    const before = this._activeName;
    this._items = items;
    this._phase = 'ready';
    this._error = null;
    // Someone asked for a fresh look: what was wrong before has to show itself again.
    this._faults.clear();
    const wish = wishes.find(name => name && this.get(name));
    this._activeName = wish ?? items[0]?.name ?? '';
    if (this._activeName !== before) {
      this.activeChanged.emit(this.active);
    }
  }

  private async _remembered(): Promise<string | null> {
    try {
      const name = await this._state?.fetch(STATE_KEY);
      return typeof name === 'string' ? name : null;
    } catch {
      // A state database that cannot be read costs the user a click, no more.
      return null;
    }
  }

  private readonly _api: IRucioApi;
  private readonly _state: IStateDB | undefined;
  private readonly _faults = new Map<string, ApiError>();
  private _phase: InstancesPhase = 'idle';
  private _error: ApiError | null = null;
  private _items: readonly IInstance[] = [];
  private _activeName = '';
  private _loading: Promise<void> | null = null;
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

/** Errors that say something of the connection and not of what was asked. */
const REACHABILITY: ReadonlySet<string> = new Set([
  ErrorCode.rucioUnreachable,
  ErrorCode.rucioTimeout,
  ErrorCode.rucioBusy
]);

/** How the codes of problems begin that leave nothing of an instance to work with. */
const CONFIGURATION = 'configuration_';

function versionMismatch(version: string): ApiError {
  return new ApiError(0, {
    message: `The server part of the Rucio extension (${version}) does not fit this page.`,
    code: ErrorCode.versionMismatch,
    hint: 'Reload the page. If it stays, install the same version of rucio-jupyterlab for the server and for JupyterLab.',
    rucio: null
  });
}
