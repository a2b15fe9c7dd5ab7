import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { IRucioSettings } from '../tokens';

const BYTES_PER_GB = 1e9;

/** The preferences, at the schema's defaults until `take` is told others. */
export class SettingsModel implements IRucioSettings {
  get searchLimit(): number {
    return this._searchLimit;
  }

  get defaultLifetimeDays(): number {
    return this._defaultLifetimeDays;
  }

  get confirmSizeBytes(): number {
    return this._confirmSizeBytes;
  }

  get isNotifying(): boolean {
    return this._isNotifying;
  }

  /** Takes over the values of a settings object; those of a wrong type are left as they are. */
  take(values: ReadonlyPartialJSONObject): void {
    const { searchLimit, defaultLifetimeDays, confirmSizeGB, notify } = values;
    if (typeof searchLimit === 'number') {
      this._searchLimit = searchLimit;
    }
    if (typeof defaultLifetimeDays === 'number') {
      this._defaultLifetimeDays = defaultLifetimeDays;
    }
    if (typeof confirmSizeGB === 'number') {
      this._confirmSizeBytes = confirmSizeGB * BYTES_PER_GB;
    }
    if (typeof notify === 'boolean') {
      this._isNotifying = notify;
    }
  }

  private _searchLimit = 100_000;
  private _defaultLifetimeDays = 0;
  private _confirmSizeBytes = 100 * BYTES_PER_GB;
  private _isNotifying = true;
}
