import type { ApiError } from '../api/errors';
import type { IDidItem } from '../api/types';
import { merged, type Compare, type Matches } from './order';

/** How far the children of a row have come. */
export type ChildrenState = 'unloaded' | 'loading' | 'loaded' | 'failed';

/** What a row without a DID tells about the children it stands under. */
export type NoteKind = 'loading' | 'empty' | 'failed' | 'truncated';

/** What is listed of what was found, and in which order; null leaves it as it came. */
export interface IArrangement {
  readonly compare: Compare | null;
  readonly matches: Matches | null;
}

/** The dataset in whose row a file stands; null for what stands elsewhere. */
export function datasetAround({ item, parent }: DidRow): string | null {
  return item.type === 'file' && parent?.item.type === 'dataset'
    ? parent.item.did
    : null;
}

let nextId = 0;

/** The list that rows hang under: the results themselves, or the children of a row. */
export class Branch {
  constructor(readonly owner: DidRow | null) {}

  /** As they were found. */
  readonly rows: DidRow[] = [];
  note: NoteRow | null = null;
  /** Rows on the screen's list that belong to this branch, those of open children included. */
  visibleCount = 0;

  get level(): number {
    return this.owner === null ? 1 : this.owner.level + 1;
  }

  /** Those of the rows that are listed, in their order. */
  get shown(): readonly DidRow[] {
    return this._shown ?? this.rows;
  }

  /** Whether a filter finds something here or further below. */
  get hasMatch(): boolean {
    return this._hasMatch;
  }

  /** Whether this DID hangs here already: Rucio may list one twice while collections change. */
  has(did: string): boolean {
    return this._dids.has(did);
  }

  add(item: IDidItem): DidRow {
    const row = new DidRow(item, this, this.rows.length);
    this.rows.push(row);
    this._dids.add(item.did);
    return row;
  }

  /** Lists the rows anew, and those of the collections among them. */
  arrange({ compare, matches }: IArrangement): void {
    let shown = compare === null ? null : this._sort(compare);
    this._hasMatch = false;
    for (const row of this.rows) {
      row.ownChildren?.arrange({ compare, matches });
    }
    if (matches !== null) {
      const matching = (shown ?? this.rows).filter(
        row => matches(row) || row.ownChildren?.hasMatch
      );
      this._hasMatch = matching.length > 0;
      // Of a collection that is listed although nothing in it matches, its own name does: all that
      // is in it is then of interest. Of the results themselves only what matches is.
      shown = this._hasMatch || this.owner === null ? matching : shown;
    }
    this._shown = shown;
  }

  /**
   * Lists rows that were added.
   *
   * @returns `end` where they stand behind all others (and are given), `moved` where they stand among
   * them, `anew` where what is listed of other rows depends on it.
   */
  list(
    added: DidRow[],
    { compare, matches }: IArrangement
  ): { where: 'end' | 'moved' | 'anew'; rows: DidRow[] } {
    let rows = added;
    if (matches !== null) {
      const matching = added.filter(matches);
      if (matching.length > 0 && !this._hasMatch) {
        return { where: 'anew', rows: [] };
      }
      rows = this._hasMatch || this.owner === null ? matching : added;
    }
    if (this._shown === null && compare === null) {
      return { where: 'end', rows: this._number(rows, this.rows.length) };
    }
    if (rows.length === 0) {
      return { where: 'end', rows };
    }
    const before =
      this._shown ?? this.rows.slice(0, this.rows.length - added.length);
    if (compare === null) {
      for (const row of rows) {
        before.push(row);
      }
      return { where: 'end', rows: this._number(rows, before.length) };
    }
    this._shown = merged(before, rows, compare);
    if (matches === null) {
      this._sorted = this._shown;
      this._sortedBy = compare;
    }
    const isEnd = this._shown[before.length] === rows[0];
    return isEnd
      ? { where: 'end', rows: this._number(rows, this._shown.length) }
      : { where: 'moved', rows: [] };
  }

  clear(): void {
    this.rows.length = 0;
    this._shown = this._shown && [];
    this._sorted = [];
    this._sortedBy = null;
    this._dids.clear();
    this._hasMatch = false;
    this.note = null;
    this.visibleCount = 0;
  }

  /** All rows in an order. Kept, since a filter changes with every letter and the order does not. */
  private _sort(compare: Compare): DidRow[] {
    if (
      this._sortedBy !== compare ||
      this._sorted.length !== this.rows.length
    ) {
      this._sorted = this.rows.slice().sort(compare);
      this._sortedBy = compare;
    }
    return this._sorted;
  }

  private _number(rows: DidRow[], end: number): DidRow[] {
    let position = end - rows.length;
    for (const row of rows) {
      row.position = ++position;
    }
    return rows;
  }

  private readonly _dids = new Set<string>();
  /** null where it is the same as `rows`. */
  private _shown: DidRow[] | null = null;
  private _hasMatch = false;
  private _sorted: DidRow[] = [];
  private _sortedBy: Compare | null = null;
}

/** A DID in the tree. */
export class DidRow {
  constructor(
    readonly item: IDidItem,
    readonly branch: Branch,
    /** Its place among its siblings as they were found, from 0. */
    readonly found: number
  ) {
    this.level = branch.level;
  }

  readonly kind = 'did';
  readonly id = ++nextId;
  readonly level: number;
  /** Its place among those of its siblings that are listed, from 1. */
  position = 0;
  /** Where it stands in the list of visible rows; kept by `VisibleRows`. */
  index = -1;
  isExpanded = false;
  childrenState: ChildrenState = 'unloaded';
  /** Kept by the order of names. */
  nameKey: string | undefined = undefined;

  /** Its children; made when first asked for, since most rows are files. */
  get children(): Branch {
    this._children ??= new Branch(this);
    return this._children;
  }

  /** Its children where someone asked for them. */
  get ownChildren(): Branch | null {
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
