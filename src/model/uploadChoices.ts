import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { type ApiError, asApiError } from '../api/errors';
import type { IInstance } from '../api/types';
import type { IInstancesModel, IRucioApi } from '../tokens';
import { isOwnScope, ScopesModel, type IScopeMatches } from './scopes';
import { datasetOf } from './uploadFields';
import { uploadPlaces, type IUploadChoice } from './uploadPlaces';

const PAUSE_MS = 250;
/** More would not be read. */
const MOST_DATASETS = 20;

/** What an upload can choose from in one instance. */
export class UploadChoices implements IDisposable {
  constructor(options: UploadChoices.IOptions) {
    const { api, instances } = options;
    this._api = api;
    this._instance = options.instance;
    // The instance of the form need not be that of the searches.
    const chosen = () => this._instance;
    this._scopes = new ScopesModel({
      api,
      instances: {
        get active() {
          return chosen();
        },
        activeChanged: instances.activeChanged,
        signedOut: instances.signedOut
      }
    });
    this._scopes.changed.connect(() => this.changed.emit());
  }

  readonly changed: Signal<UploadChoices, void> = new Signal(this);

  /** The RSEs; null until they are known. */
  get places(): readonly IUploadChoice[] | null {
    return this._places;
  }

  /** Why the RSEs are not known; one can be typed nevertheless. */
  get placesError(): ApiError | null {
    return this._placesError;
  }

  /** Datasets that fit what was last looked for. */
  get datasets(): readonly string[] {
    return this._datasets;
  }

  /** The scope of the user's own; null where none is known. */
  get ownScope(): string | null {
    const { account } = this._instance;
    const first = this._scopes.matches('', 1).scopes[0];
    return account && first && isOwnScope(first, account) ? first : null;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._stopLooking();
    this._scopes.dispose();
    Signal.clearData(this);
  }

  setInstance(instance: IInstance): void {
    this._instance = instance;
    this._places = null;
    this._placesError = null;
    this._datasets = [];
    this._stopLooking();
  }

  /** Fetches scopes and RSEs. Never rejects. */
  async load(): Promise<void> {
    this._scopes.load();
    const instance = this._instance;
    let places: IUploadChoice[] | null = null;
    let error: ApiError | null = null;
    try {
      const [rses, usages] = await Promise.all([
        this._api.rses(instance.name),
        this._api.usage(instance.name)
      ]);
      places = uploadPlaces(instance, rses, usages);
    } catch (reason) {
      error = asApiError(reason);
    }
    if (!this._isDisposed && instance === this._instance) {
      this._places = places;
      this._placesError = error;
      this.changed.emit();
    }
  }

  scopes(text: string, most: number): IScopeMatches {
    return this._scopes.matches(text, most);
  }

  /** Looks for datasets whose names begin with what was typed, once nothing more is. */
  lookForDatasets(text: string, scope: string): void {
    this._stopLooking();
    const did = datasetOf({ dataset: text, scope });
    if (did === null) {
      this._datasets = [];
      return;
    }
    const looking = new AbortController();
    this._looking = looking;
    this._pause = window.setTimeout(
      () => void this._look(did.scope, did.name, looking),
      PAUSE_MS
    );
  }

  private async _look(
    scope: string,
    name: string,
    looking: AbortController
  ): Promise<void> {
    const found: string[] = [];
    try {
      const stream = this._api.searchDids(
        this._instance.name,
        { scope, name: `${name}*`, type: 'dataset', limit: MOST_DATASETS },
        looking.signal
      );
      for await (const batch of stream) {
        found.push(...batch.map(item => item.did));
      }
    } catch {
      // It only helps with typing.
    }
    if (looking === this._looking) {
      this._datasets = found;
      this.changed.emit();
    }
  }

  private _stopLooking(): void {
    window.clearTimeout(this._pause);
    this._looking?.abort();
    this._looking = null;
  }

  private readonly _api: UploadChoices.IApi;
  private readonly _scopes: ScopesModel;
  private _instance: IInstance;
  private _places: readonly IUploadChoice[] | null = null;
  private _placesError: ApiError | null = null;
  private _datasets: readonly string[] = [];
  private _looking: AbortController | null = null;
  private _pause = 0;
  private _isDisposed = false;
}

export namespace UploadChoices {
  export type IApi = Pick<
    IRucioApi,
    'scopes' | 'rses' | 'usage' | 'searchDids'
  >;

  export interface IOptions {
    api: IApi;
    instances: Pick<IInstancesModel, 'activeChanged' | 'signedOut'>;
    instance: IInstance;
  }
}
