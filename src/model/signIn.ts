import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { type ApiError, asApiError } from '../api/errors';
import type {
  AuthType,
  ICredentialsRequest,
  IInstance,
  IPolicy,
  ITestedCredentials,
  IWayIn
} from '../api/types';
import type { IRucioApi } from '../tokens';
import {
  faultyField,
  missingField,
  requestFor,
  type SignInField,
  type Typed
} from './signInRequest';

/** What came of asking Rucio, or kept it from being asked. */
export type SignInOutcome =
  | { readonly kind: 'missing'; readonly field: SignInField }
  | {
      readonly kind: 'refused';
      readonly error: ApiError;
      /** Where to look for the fault; null where it is in none. */
      readonly field: SignInField | null;
    }
  | { readonly kind: 'accepted'; readonly answer: ITestedCredentials };

/**
 * The ways into an instance, which one is chosen, and what Rucio said to it.
 *
 * What is typed only passes through: it lives in the input elements, and no copy of a secret is left
 * here.
 */
export class SignInModel implements IDisposable {
  constructor(private readonly _options: SignInModel.IOptions) {
    this._wanted = _options.instance.auth_type;
    this._all = _options.instance.auth_types.map(unseen);
  }

  readonly changed: Signal<SignInModel, void> = new Signal(this);

  get instance(): IInstance {
    return this._options.instance;
  }

  get policy(): IPolicy {
    return this.instance.policy;
  }

  /**
   * The ways that can be taken, as far as is known while the server is still asked. Without typing
   * these are what is provided, and what should be: then it says what is wrong with it.
   */
  get ways(): readonly IWayIn[] {
    return this.policy.type_credentials
      ? this._all
      : this._all.filter(way => way.is_provided || way.problem !== null);
  }

  /** null where none can be taken. */
  get chosen(): IWayIn | null {
    const { ways } = this;
    return ways.find(way => way.type === this._wanted) ?? ways[0] ?? null;
  }

  /** Whether the server is being asked what it has. */
  get isLooking(): boolean {
    return this._isLooking;
  }

  /** Why it is not known what the server has. */
  get lookError(): ApiError | null {
    return this._lookError;
  }

  /** Whether Rucio is being asked. */
  get isBusy(): boolean {
    return this._isBusy;
  }

  get outcome(): SignInOutcome | null {
    return this._outcome;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  /** Asks the server what is there. Never rejects. */
  async look(): Promise<void> {
    if (this._isLooking) {
      return;
    }
    this._isLooking = true;
    this._outcome = null;
    this.changed.emit();
    try {
      const { ways } = await this._options.api.credentials(this.instance.name);
      this._take(ways);
    } catch (reason) {
      this._lookError = asApiError(reason);
    }
    this._isLooking = false;
    this.changed.emit();
  }

  /** Takes another way, unless Rucio is being asked about this one. */
  choose(type: AuthType): void {
    if (!this._isBusy) {
      this._wanted = type;
      this._outcome = null;
      this.changed.emit();
    }
  }

  /** Something else is typed now, of which Rucio has not said that it accepts it. */
  touch(): void {
    if (this._outcome?.kind === 'accepted') {
      this._outcome = null;
      this.changed.emit();
    }
  }

  /** Asks Rucio about what is typed and keeps nothing. Never rejects. */
  async test(typed: Typed): Promise<void> {
    await this._ask(typed, null, async request => {
      const answer = await this._options.api.testCredentials(
        this.instance.name,
        request
      );
      this._outcome = { kind: 'accepted', answer };
    });
  }

  /**
   * Signs in with what is typed. Never rejects.
   *
   * @param remember - whether it may outlive the Jupyter server; null where that is not the user's choice
   * @returns whether it worked
   */
  signIn(typed: Typed, remember: boolean | null): Promise<boolean> {
    return this._ask(typed, remember, request => this._options.signIn(request));
  }

  private _take(ways: readonly IWayIn[]): void {
    this._all = ways;
    this._lookError = null;
    // What was missing may be filled in now.
    if (this._outcome?.kind === 'missing') {
      this._outcome = null;
    }
  }

  private async _ask(
    typed: Typed,
    remember: boolean | null,
    ask: (request: ICredentialsRequest) => Promise<void>
  ): Promise<boolean> {
    const way = this.chosen;
    if (way === null || this._isBusy) {
      return false;
    }
    const field = missingField(way, this.policy, typed);
    if (field !== null) {
      this._outcome = { kind: 'missing', field };
      this.changed.emit();
      return false;
    }
    this._outcome = null;
    this._isBusy = true;
    this.changed.emit();
    try {
      const request = requestFor(way, typed);
      await ask(remember === null ? request : { ...request, remember });
      return true;
    } catch (reason) {
      const error = asApiError(reason);
      this._outcome = {
        kind: 'refused',
        error,
        field: faultyField(error, way.type)
      };
      return false;
    } finally {
      this._isBusy = false;
      this.changed.emit();
    }
  }

  private _wanted: AuthType;
  private _all: readonly IWayIn[];
  private _isLooking = false;
  private _lookError: ApiError | null = null;
  private _isBusy = false;
  private _outcome: SignInOutcome | null = null;
  private _isDisposed = false;
}

export namespace SignInModel {
  export interface IOptions {
    instance: IInstance;
    api: Pick<IRucioApi, 'credentials' | 'testCredentials'>;
    /** Tries the credentials and keeps them; rejects with what Rucio said. */
    signIn: (request: ICredentialsRequest) => Promise<void>;
  }
}

/** A way in of which it is not known yet what the server has for it. */
function unseen(type: AuthType): IWayIn {
  return {
    type,
    is_provided: type === 'oidc',
    where: null,
    params: {},
    identity: null,
    issuer: null,
    expires_at: null,
    problem: null
  };
}
