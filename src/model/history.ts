import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyJSONValue } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import type { DidTypeFilter } from '../api/types';
import { OPERATORS, type Conditions } from './filters';

/** All that a search is made of. */
export interface ISearchTerms {
  readonly text: string;
  readonly type: DidTypeFilter;
  readonly conditions: Conditions;
  /** The container that is searched inside; the text then says nothing. */
  readonly inside: string | null;
}

const STATE_KEY = 'rucio-jupyterlab:recent-searches';
const MOST = 20;

/** The last searches in each instance, kept between page loads where there is a state database. */
export class HistoryModel implements IDisposable {
  constructor(state?: IStateDB) {
    this._state = state;
  }

  readonly changed: Signal<HistoryModel, void> = new Signal(this);

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  /** Reads what was kept; later calls give the first one's promise. Never rejects. */
  load(): Promise<void> {
    this._loading ??= this._load();
    return this._loading;
  }

  /** The newest first. */
  of(instance: string): readonly ISearchTerms[] {
    return this._searches.get(instance) ?? [];
  }

  /** Puts a search at the top; the same one further down goes. */
  add(instance: string, terms: ISearchTerms): void {
    const same = textOf(terms);
    const others = this.of(instance).filter(one => textOf(one) !== same);
    this._set(instance, [terms, ...others].slice(0, MOST));
  }

  remove(instance: string, terms: ISearchTerms): void {
    const same = textOf(terms);
    this._set(
      instance,
      this.of(instance).filter(one => textOf(one) !== same)
    );
  }

  clear(instance: string): void {
    this._set(instance, []);
  }

  private _set(instance: string, searches: readonly ISearchTerms[]): void {
    this._searches.set(instance, searches);
    this.changed.emit();
    // Not before what was kept has been read, or it would be lost.
    void this.load().then(() => this._save());
  }

  private async _load(): Promise<void> {
    let kept: unknown;
    try {
      kept = await this._state?.fetch(STATE_KEY);
    } catch (reason) {
      console.warn('The recent Rucio searches could not be read.', reason);
    }
    if (this._isDisposed || typeof kept !== 'object' || kept === null) {
      return;
    }
    for (const [instance, value] of Object.entries(kept)) {
      const old = Array.isArray(value) ? value.filter(isTerms) : [];
      // Searches may have been made while this was read.
      const made = this.of(instance);
      const texts = new Set(made.map(textOf));
      this._searches.set(
        instance,
        [...made, ...old.filter(one => !texts.has(textOf(one)))].slice(0, MOST)
      );
    }
    this.changed.emit();
  }

  private async _save(): Promise<void> {
    try {
      await this._state?.save(
        STATE_KEY,
        Object.fromEntries(this._searches) as unknown as ReadonlyJSONValue
      );
    } catch (reason) {
      console.warn('The recent Rucio searches could not be kept.', reason);
    }
  }

  private readonly _state: IStateDB | undefined;
  private readonly _searches = new Map<string, readonly ISearchTerms[]>();
  private _loading: Promise<void> | null = null;
  private _isDisposed = false;
}

function textOf(terms: ISearchTerms): string {
  const { text, type, conditions, inside } = terms;
  return JSON.stringify([
    text,
    type,
    inside,
    conditions.map(group =>
      group.map(one => [one.key, one.operator, one.value, one.type])
    )
  ]);
}

const TYPES: readonly unknown[] = [
  'all',
  'collection',
  'container',
  'dataset',
  'file'
] satisfies DidTypeFilter[];

/** What another version kept may have another shape; it is then forgotten. */
function isTerms(value: unknown): value is ISearchTerms {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const { text, type, conditions, inside } = value as Record<string, unknown>;
  return (
    typeof text === 'string' &&
    TYPES.includes(type) &&
    (inside === null || typeof inside === 'string') &&
    Array.isArray(conditions) &&
    conditions.every(group => Array.isArray(group) && group.every(isCondition))
  );
}

function isCondition(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const one = value as Record<string, unknown>;
  return (
    typeof one.key === 'string' &&
    typeof one.value === 'string' &&
    (OPERATORS as readonly unknown[]).includes(one.operator) &&
    (one.type === null || typeof one.type === 'string')
  );
}
