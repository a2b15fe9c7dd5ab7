import type { ApiError } from '../api/errors';
import type { IDidItem } from '../api/types';

/** How far the children of a row have come. */
export type ChildrenState = 'unloaded' | 'loading' | 'loaded' | 'failed';

/** What a row without a DID tells about the children it stands under. */
export type NoteKind = 'loading' | 'empty' | 'failed' | 'truncated';

let nextId = 0;

/** The list that rows hang under: the results themselves, or the children of a row. */
export class Branch {
  constructor(readonly owner: DidRow | null) {}

  readonly rows: DidRow[] = [];
  note: NoteRow | null = null;
  /** Rows on the screen's list that belong to this branch, those of open children included. */
  visibleCount = 0;

  get level(): number {
    return this.owner === null ? 1 : this.owner.level + 1;
  }

  /** Whether this DID hangs here already: Rucio may list one twice while collections change. */
  has(did: string): boolean {
    return this._dids.has(did);
  }

  add(item: IDidItem): DidRow {
    const row = new DidRow(item, this, this.rows.length + 1);
    this.rows.push(row);
    this._dids.add(item.did);
    return row;
  }

  clear(): void {
    this.rows.length = 0;
    this._dids.clear();
    this.note = null;
    this.visibleCount = 0;
  }

  private readonly _dids = new Set<string>();
}

/** A DID in the tree. */
export class DidRow {
  constructor(
    readonly item: IDidItem,
    readonly branch: Branch,
    /** Its place among its siblings, from 1. */
    readonly position: number
  ) {
    this.level = branch.level;
  }

  readonly kind = 'did';
  readonly id = ++nextId;
  readonly level: number;
  /** Where it stands in the list of visible rows; kept by `VisibleRows`. */
  index = -1;
  isExpanded = false;
  childrenState: ChildrenState = 'unloaded';

  /** Its children; made when first asked for, since most rows are files. */
  get children(): Branch {
    this._children ??= new Branch(this);
    return this._children;
  }

  get isExpandable(): boolean {
    return this.item.type !== 'file';
  }

  get parent(): DidRow | null {
    return this.branch.owner;
  }

  private _children: Branch | null = null;
}

/** A row that says something about the children it stands under. */
export class NoteRow {
  constructor(
    readonly note: NoteKind,
    readonly branch: Branch,
    readonly error: ApiError | null = null
  ) {
    this.level = branch.level;
  }

  readonly kind = 'note';
  readonly id = ++nextId;
  readonly level: number;
  index = -1;
}

export type Row = DidRow | NoteRow;

/** Above so many rows at once, `splice` with its arguments on the stack is the slower way. */
const SPLICE_ROWS = 1000;

/**
 * The rows that the tree shows, flat and in order, kept up to date piece by piece.
 *
 * Appending at the end costs what is appended. Opening a row in the middle moves the references
 * behind it, which is a copy of memory; their numbers are brought up to date only when one of them
 * is asked for.
 */
export class VisibleRows {
  readonly root = new Branch(null);

  get length(): number {
    return this._rows.length;
  }

  at(index: number): Row | undefined {
    return this._rows[index];
  }

  /** Where a row stands, or -1 when a closed parent hides it. */
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

  clear(): void {
    this.root.clear();
    this._rows = [];
    this._numbered = 0;
  }

  /** Adds children at the end of a branch, before its note. Gives how many were new. */
  append(branch: Branch, items: readonly IDidItem[]): number {
    const added: DidRow[] = [];
    for (const item of items) {
      if (!branch.has(item.did)) {
        added.push(branch.add(item));
      }
    }
    if (added.length > 0 && this._isShown(branch)) {
      this._insert(this._end(branch) - (branch.note ? 1 : 0), added);
      this._grow(branch, added.length);
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
  }

  /** The index just behind the last visible row of a shown branch. */
  private _end(branch: Branch): number {
    return branch.owner === null
      ? this._rows.length
      : this.indexOf(branch.owner) + 1 + branch.visibleCount;
  }

  private _isShown(branch: Branch): boolean {
    for (let owner = branch.owner; owner !== null; owner = owner.parent) {
      if (!owner.isExpanded) {
        return false;
      }
    }
    return true;
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
}

function flatten(branch: Branch, rows: Row[]): void {
  const before = rows.length;
  for (const row of branch.rows) {
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
