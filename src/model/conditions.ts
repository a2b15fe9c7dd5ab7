import { Signal } from '@lumino/signaling';

import type { FilterGroup, MetadataType } from '../api/types';
import {
  EMPTY_CONDITION,
  isBlank,
  problemsOf,
  toFilters,
  typeOf,
  written,
  type ConditionProblem,
  type Conditions,
  type ICondition
} from './filters';
import type { MetadataKeysModel } from './metadataKeys';

/** What may be missing while a row is still being written. */
const UNFINISHED: ReadonlySet<ConditionProblem> = new Set([
  'no-key',
  'no-value'
]);

const BLANK: Conditions = [[EMPTY_CONDITION]];

/** The conditions on metadata that searches have, and that are being written. */
export class ConditionsModel {
  constructor(private readonly _keys: MetadataKeysModel) {}

  readonly changed: Signal<ConditionsModel, void> = new Signal(this);

  /** At least one group, and at least one row in each. */
  get groups(): Conditions {
    return this._groups;
  }

  /** Whether the rows are on the screen. */
  get isOpen(): boolean {
    return this._isOpen;
  }

  /** Those in which something is written. */
  get written(): Conditions {
    return written(this._groups);
  }

  /** The number of conditions in which something is written. */
  get count(): number {
    return this._groups.flat().filter(one => !isBlank(one)).length;
  }

  /** What is wrong, in the shape of `groups`; what is merely unfinished only once it was asked for. */
  get problems(): (ConditionProblem | null)[][] {
    const problems = problemsOf(this._groups, this._keys.keys);
    return this._isChecked
      ? problems
      : problems.map(group =>
          group.map(one => (one !== null && UNFINISHED.has(one) ? null : one))
        );
  }

  typeOf(condition: ICondition): MetadataType {
    return typeOf(condition, this._keys.keys);
  }

  /** Opens or closes the rows. */
  setOpen(isOpen: boolean): void {
    if (isOpen === this._isOpen) {
      return;
    }
    this._isOpen = isOpen;
    if (isOpen) {
      void this._keys.load();
    }
    this.changed.emit();
  }

  /**
   * The conditions as filters in Rucio's form.
   *
   * @returns null where something cannot be said; the rows then open and tell what.
   */
  check(): FilterGroup[] | null {
    const isSayable = problemsOf(this._groups, this._keys.keys)
      .flat()
      .every(problem => problem === null);
    this._isChecked = !isSayable;
    if (!isSayable) {
      this.setOpen(true);
    }
    this.changed.emit();
    return isSayable ? toFilters(this._groups, this._keys.keys) : null;
  }

  /** Takes the place of all that was there. */
  replace(conditions: Conditions): void {
    const groups = conditions.filter(group => group.length > 0);
    this._set(groups.length > 0 ? groups : BLANK);
  }

  change(group: number, row: number, change: Partial<ICondition>): void {
    this._set(
      this._groups.map((conditions, g) =>
        g === group
          ? conditions.map((one, r) =>
              r === row ? { ...one, ...change } : one
            )
          : conditions
      )
    );
  }

  /** Adds a blank row at the end of a group. */
  add(group: number): void {
    this._set(
      this._groups.map((conditions, g) =>
        g === group ? [...conditions, EMPTY_CONDITION] : conditions
      )
    );
  }

  /** Adds an alternative. */
  addGroup(): void {
    this._set([...this._groups, [EMPTY_CONDITION]]);
  }

  /** Takes a row away, and its group with the last one. */
  remove(group: number, row: number): void {
    this.replace(
      this._groups.map((conditions, g) =>
        g === group ? conditions.filter((_, r) => r !== row) : conditions
      )
    );
  }

  clear(): void {
    this.replace([]);
  }

  private _set(groups: Conditions): void {
    this._groups = groups;
    this.changed.emit();
  }

  private _groups: Conditions = BLANK;
  private _isOpen = false;
  private _isChecked = false;
}
