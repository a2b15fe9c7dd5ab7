import type { IDidItem } from '../api/types';
import {
  Branch,
  type DidRow,
  type IArrangement,
  type NoteRow,
  type Row
} from './rows';

/** Above so many rows at once, `splice` with its arguments on the stack is the slower way. */
const SPLICE_ROWS = 1000;

/**
 * The rows that the tree shows, flat and in order, kept up to date piece by piece.
 *
 * Appending at the end costs what is appended. Opening a row in the middle moves the references
 * behind it, which is a copy of memory; their numbers are brought up to date only when one of them
 * is asked for. What is added to a sorted list makes the whole of it anew, which for 100,000 rows
 * takes a few milliseconds.
 */
export class VisibleRows {
  readonly root = new Branch(null);

  get length(): number {
    return this._rows.length;
  }

  /** The number of DIDs among the rows. */
  get shownCount(): number {
    let notes = this.root.note === null ? 0 : 1;
    for (const row of this._expanded) {
      if (row.children.note !== null && this.indexOf(row.children.note) >= 0) {
        notes++;
      }
    }
    return this._rows.length - notes;
  }

  /** As `shownCount` without a filter. */
  get loadedCount(): number {
    let count = this.root.rows.length;
    for (const row of this._expanded) {
      count += this._isOpen(row.children) ? row.children.rows.length : 0;
    }
    return count;
  }

  at(index: number): Row | undefined {
    return this._rows[index];
  }

  /** Where a row stands, or -1 when a closed parent or a filter hides it. */
  indexOf(row: Row): number {
    if (this._rows[row.index] === row) {
      return row.index;
    }
    for (let i = this._numbered; i < this._rows.length; i++) {
      this._rows[i].index = i;
    }
    this._numbered = this._rows.length;
    return this._rows[row.index] === row ? row.index : -1;
  }

  /** Takes away all rows; the order and the filter stay. */
  clear(): void {
    this.root.clear();
    this._expanded.clear();
    this._rows = [];
    this._numbered = 0;
  }

  /** Takes away the children of a row, and what is below them. */
  empty(branch: Branch): void {
    const owner = branch.owner;
    const isOpen = owner?.isExpanded ?? false;
    // Closing and opening takes every old child off the list in one step.
    if (owner) {
      this.collapse(owner);
    }
    branch.clear();
    for (const row of this._expanded) {
      if (isBelow(row, branch)) {
        this._expanded.delete(row);
      }
    }
    if (owner && isOpen) {
      this.expand(owner);
    }
  }

  /** Lists the rows in another order, or others of them. */
  arrange(arrangement: IArrangement): void {
    this._arrangement = arrangement;
    this.root.arrange(arrangement);
    this._flatten();
  }

  /** Adds children at the end of a branch, before its note. Gives how many were new. */
  append(branch: Branch, items: readonly IDidItem[]): number {
    const added: DidRow[] = [];
    for (const item of items) {
      if (!branch.has(item.did)) {
        added.push(branch.add(item));
      }
    }
    if (added.length === 0) {
      return 0;
    }
    const { where, rows } = branch.list(added, this._arrangement);
    if (where === 'anew') {
      this.arrange(this._arrangement);
    } else if (this._isShown(branch)) {
      if (where === 'moved') {
        this._flatten();
      } else {
        this._insert(this._end(branch) - (branch.note ? 1 : 0), rows);
        this._grow(branch, rows.length);
      }
    }
    return added.length;
  }

  /** Sets or takes away the note at the end of a branch. */
  setNote(branch: Branch, note: NoteRow | null): void {
    const isShown = this._isShown(branch);
    if (branch.note !== null && isShown) {
      this._remove(this._end(branch) - 1, 1);
      this._grow(branch, -1);
    }
    branch.note = note;
    if (note !== null && isShown) {
      this._insert(this._end(branch), [note]);
      this._grow(branch, 1);
    }
  }

  expand(row: DidRow): void {
    if (row.isExpanded) {
      return;
    }
    row.isExpanded = true;
    this._expanded.add(row);
    const branch = row.children;
    if (!this._isShown(branch)) {
      return;
    }
    const rows: Row[] = [];
    flatten(branch, rows);
    branch.visibleCount = 0;
    this._insert(this.indexOf(row) + 1, rows);
    this._grow(branch, rows.length);
  }

  collapse(row: DidRow): void {
    if (!row.isExpanded) {
      return;
    }
    const branch = row.children;
    if (this._isShown(branch)) {
      const count = branch.visibleCount;
      this._remove(this.indexOf(row) + 1, count);
      this._grow(branch, -count);
    }
    row.isExpanded = false;
    this._expanded.delete(row);
  }

  /** The index just behind the last visible row of a shown branch. */
  private _end(branch: Branch): number {
    return branch.owner === null
      ? this._rows.length
      : this.indexOf(branch.owner) + 1 + branch.visibleCount;
  }

  /** Whether all that a branch hangs under is open. */
  private _isOpen(branch: Branch): boolean {
    for (let owner = branch.owner; owner !== null; owner = owner.parent) {
      if (!owner.isExpanded) {
        return false;
      }
    }
    return true;
  }

  private _isShown(branch: Branch): boolean {
    return (
      this._isOpen(branch) &&
      (branch.owner === null || this.indexOf(branch.owner) >= 0)
    );
  }

  private _grow(branch: Branch, count: number): void {
    for (
      let one: Branch | undefined = branch;
      one !== undefined;
      one = one.owner?.branch
    ) {
      one.visibleCount += count;
    }
  }

  private _flatten(): void {
    this._rows = [];
    this._numbered = 0;
    flatten(this.root, this._rows);
  }

  private _insert(index: number, rows: readonly Row[]): void {
    if (index === this._rows.length) {
      for (const row of rows) {
        row.index = this._rows.length;
        this._rows.push(row);
      }
      return;
    }
    if (rows.length <= SPLICE_ROWS) {
      this._rows.splice(index, 0, ...rows);
    } else {
      this._rows = this._rows
        .slice(0, index)
        .concat(rows, this._rows.slice(index));
    }
    this._numbered = Math.min(this._numbered, index);
  }

  private _remove(index: number, count: number): void {
    this._rows.splice(index, count);
    this._numbered = Math.min(this._numbered, index);
  }

  private _rows: Row[] = [];
  /** Below this index every row's number is known to be true. */
  private _numbered = 0;
  private _arrangement: IArrangement = { compare: null, matches: null };
  private readonly _expanded = new Set<DidRow>();
}

function flatten(branch: Branch, rows: Row[]): void {
  const before = rows.length;
  let position = 0;
  for (const row of branch.shown) {
    row.position = ++position;
    rows.push(row);
    if (row.isExpanded) {
      flatten(row.children, rows);
    }
  }
  if (branch.note !== null) {
    rows.push(branch.note);
  }
  branch.visibleCount = rows.length - before;
}

function isBelow(row: DidRow, branch: Branch): boolean {
  for (let one: DidRow | null = row; one !== null; one = one.parent) {
    if (one.branch === branch) {
      return true;
    }
  }
  return false;
}
