import { UUID } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { type ApiError, asApiError, isAbort } from '../api/errors';
import type { IInstance, IJob, IUploadPlan } from '../api/types';
import type { IInstancesModel, IRucioApi } from '../tokens';
import { UploadChoices } from './uploadChoices';
import {
  firstMissing,
  NO_FIELDS,
  requestOf,
  type IUploadFields,
  type UploadField
} from './uploadFields';
import type { UploadMemory } from './uploadMemory';

/** For so long nothing more is typed before it is asked what it would mean. */
const PAUSE_MS = 300;

/** Why an upload cannot start now. */
export type Obstacle =
  | { readonly kind: 'missing'; readonly field: UploadField }
  | { readonly kind: 'asking' }
  | { readonly kind: 'unplanned'; readonly error: ApiError }
  /** The plan says it itself. */
  | { readonly kind: 'planned'; readonly plan: IUploadPlan }
  | { readonly kind: 'sending' };

/**
 * An upload before it starts: what was typed and chosen, and what the server says it would make.
 *
 * With every change the server is asked again; an answer that was overtaken no longer counts. The
 * model outlives the dialog that shows it, which makes room for another while files are chosen.
 */
export class UploadModel implements IDisposable {
  constructor(options: UploadModel.IOptions) {
    this._api = options.api;
    this._memory = options.memory;
    this._fields = {
      ...NO_FIELDS,
      paths: options.paths,
      ...(options.lifetimeDays
        ? { lifetime: 'days', days: String(options.lifetimeDays) }
        : {})
    };
    this._instance = options.instance;
    this.instances = options.instances;
    this.choices = new UploadChoices({
      api: options.api,
      instances: options.instances,
      instance: options.instance
    });
    this.choices.changed.connect(this._onChoices, this);
  }

  readonly changed: Signal<UploadModel, void> = new Signal(this);

  /** Those that take uploads. */
  readonly instances: IInstancesModel;

  /** The scopes, RSEs and datasets to choose from. */
  readonly choices: UploadChoices;

  get instance(): IInstance {
    return this._instance;
  }

  get fields(): IUploadFields {
    return this._fields;
  }

  /** The last answer, also while it is asked again; null before there is one. */
  get plan(): IUploadPlan | null {
    return this._plan;
  }

  /** Whether what would be made is being asked, or is about to be. */
  get isAsking(): boolean {
    return this._asking !== null;
  }

  /** Why there is no plan, or null. */
  get planError(): ApiError | null {
    return this._planError;
  }

  /** Why the upload itself was refused, until something else is chosen. */
  get refusal(): ApiError | null {
    return this._refusal;
  }

  get isSending(): boolean {
    return this._isSending;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** What keeps the upload from starting now; null where it can. */
  get obstacle(): Obstacle | null {
    if (this._isSending) {
      return { kind: 'sending' };
    }
    const field = firstMissing(this._fields);
    if (field !== null) {
      return { kind: 'missing', field };
    }
    if (this._asking !== null) {
      return { kind: 'asking' };
    }
    if (this._planError !== null) {
      return { kind: 'unplanned', error: this._planError };
    }
    return this._plan === null || this._plan.can_start
      ? null
      : { kind: 'planned', plan: this._plan };
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._stopAsking();
    this.choices.dispose();
    Signal.clearData(this);
  }

  /** Fills in what was chosen the last time. Never rejects. */
  async recall(): Promise<void> {
    const { name } = this._instance;
    const remembered = await this._memory.recall(name);
    if (remembered && !this._isDisposed && name === this._instance.name) {
      const { scope, rse } = this._fields;
      this._fields = {
        ...this._fields,
        scope: scope || remembered.scope,
        rse: rse || remembered.rse
      };
    }
  }

  /** Fetches what can be chosen, and what comes of what is chosen already. Never rejects. */
  async begin(): Promise<void> {
    this._onChoices();
    this._ask();
    await this.choices.load();
  }

  set(change: Partial<IUploadFields>): void {
    this._fields = { ...this._fields, ...change };
    this._refusal = null;
    this._ask();
  }

  /** Adds paths behind those that there are, each once. */
  addPaths(paths: readonly string[]): void {
    this.set({ paths: [...new Set([...this._fields.paths, ...paths])] });
  }

  removePath(path: string): void {
    this.set({ paths: this._fields.paths.filter(one => one !== path) });
  }

  /** Takes another instance, whose scopes and RSEs are others. */
  async setInstance(instance: IInstance): Promise<void> {
    this._instance = instance;
    this.choices.setInstance(instance);
    this._plan = null;
    this.set({ scope: '', rse: '', dataset: '' });
    await this.recall();
    await this.begin();
  }

  /** Asks again, as the user wished it: what was wrong may be mended. */
  again(): void {
    this._ask();
  }

  /**
   * Starts the upload. However often it is called, it is one job.
   *
   * @returns the job; null where it cannot start or was refused, as `refusal` says
   */
  async start(): Promise<IJob | null> {
    if (this.obstacle !== null) {
      return null;
    }
    const { name } = this._instance;
    const request = requestOf(this._fields);
    this._isSending = true;
    this._refusal = null;
    this.changed.emit();
    try {
      const job = await this._api.upload(name, {
        ...request,
        idempotency_key: this._key
      });
      await this._memory.keep(name, request);
      return job;
    } catch (reason) {
      this._refusal = asApiError(reason);
      return null;
    } finally {
      this._isSending = false;
      if (!this._isDisposed) {
        this.changed.emit();
      }
    }
  }

  /** Chooses what there is only one sensible choice of, once it is known. */
  private _onChoices(): void {
    const { scope, rse } = this._fields;
    const { ownScope, places } = this.choices;
    const own = places?.filter(place => place.isOwn) ?? [];
    const change = {
      ...(scope === '' && ownScope !== null ? { scope: ownScope } : {}),
      ...(rse === '' && own.length === 1 ? { rse: own[0].rse } : {})
    };
    if (Object.keys(change).length > 0) {
      this.set(change);
    } else {
      this.changed.emit();
    }
  }

  private _ask(): void {
    this._stopAsking();
    this._planError = null;
    if (firstMissing(this._fields) === null) {
      const asking = new AbortController();
      this._asking = asking;
      this._pause = window.setTimeout(() => void this._plans(asking), PAUSE_MS);
    } else {
      this._plan = null;
    }
    this.changed.emit();
  }

  private async _plans(asking: AbortController): Promise<void> {
    let plan: IUploadPlan | null = null;
    let error: ApiError | null = null;
    try {
      plan = await this._api.planUpload(
        this._instance.name,
        requestOf(this._fields),
        asking.signal
      );
    } catch (reason) {
      error = isAbort(reason) ? null : asApiError(reason);
    }
    if (asking !== this._asking) {
      return;
    }
    this._asking = null;
    this._plan = plan;
    this._planError = error;
    this.changed.emit();
  }

  private _stopAsking(): void {
    window.clearTimeout(this._pause);
    this._asking?.abort();
    this._asking = null;
  }

  private readonly _api: UploadModel.IApi;
  private readonly _memory: UploadMemory;
  /** Made once, so that the same upload sent twice is one. */
  private readonly _key = UUID.uuid4();
  private _instance: IInstance;
  private _fields: IUploadFields;
  private _plan: IUploadPlan | null = null;
  private _planError: ApiError | null = null;
  private _refusal: ApiError | null = null;
  /** What ends the question that is on its way, or about to be. */
  private _asking: AbortController | null = null;
  private _pause = 0;
  private _isSending = false;
  private _isDisposed = false;
}

export namespace UploadModel {
  export type IApi = Pick<
    IRucioApi,
    'upload' | 'planUpload' | 'scopes' | 'rses' | 'usage' | 'searchDids'
  >;

  export interface IOptions {
    api: IApi;
    instances: IInstancesModel;
    instance: IInstance;
    paths: readonly string[];
    memory: UploadMemory;
    /** Days to begin with; 0 for what the instance is configured with. */
    lifetimeDays?: number;
  }
}
