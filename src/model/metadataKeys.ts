import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { asApiError } from '../api/errors';
import type { IMetadataKey } from '../api/types';
import type { IInstancesModel, IRucioApi } from '../tokens';

const NONE: readonly IMetadataKey[] = [];

/** The metadata that searches of the active instance can have conditions on. */
export class MetadataKeysModel implements IDisposable {
  constructor(options: MetadataKeysModel.IOptions) {
    this._api = options.api;
    this._instances = options.instances;
    this._instances.signedOut.connect(this._onSignedOut, this);
  }

  readonly changed: Signal<MetadataKeysModel, void> = new Signal(this);

  /** Those of the active instance; empty until they have come. Any other key can be typed. */
  get keys(): readonly IMetadataKey[] {
    const active = this._instances.active;
    return (active && this._keys.get(active.name)) ?? NONE;
  }

  find(key: string): IMetadataKey | undefined {
    const name = key.trim();
    return this.keys.find(one => one.key === name);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  /**
   * Fetches them again, since what the server has seen grows; those of before stay meanwhile.
   *
   * Never rejects: keys can be typed, too.
   */
  async load(): Promise<void> {
    const name = this._instances.active?.name;
    if (name === undefined) {
      return;
    }
    try {
      const keys = await this._api.metadataKeys(name);
      if (!this._isDisposed) {
        this._keys.set(name, keys);
        this.changed.emit();
      }
    } catch (reason) {
      this._instances.report(name, asApiError(reason));
    }
  }

  private _onSignedOut(_: IInstancesModel, name: string): void {
    if (this._keys.delete(name)) {
      this.changed.emit();
    }
  }

  private readonly _api: IRucioApi;
  private readonly _instances: IInstancesModel;
  private readonly _keys = new Map<string, readonly IMetadataKey[]>();
  private _isDisposed = false;
}

export namespace MetadataKeysModel {
  export interface IOptions {
    api: IRucioApi;
    instances: IInstancesModel;
  }
}
