import type { IDidItem } from '../api/types';
import type { DidRow } from './rows';
import type { VisibleRows } from './visibleRows';

/** The rows that are selected to be acted on together. */
export class SelectionModel {
  constructor(
    private readonly _rows: VisibleRows,
    private readonly _onChanged: () => void
  ) {}

  /** The number of rows that were selected on purpose; the active row alone is none of them. */
  get size(): number {
    return this._marked.size;
  }

  has(row: DidRow): boolean {
    return this._marked.has(row);
  }

  /** In the order of the tree; those that a filter or a closed collection hides come last. */
  get rows(): readonly DidRow[] {
    this._sorted ??= [...this._marked].sort(
      (one, other) => this._place(one) - this._place(other)
    );
    return this._sorted;
  }

  /** How many of them are not listed now. */
  get hiddenCount(): number {
    let count = 0;
    for (const row of this._marked) {
      count += this._rows.indexOf(row) < 0 ? 1 : 0;
    }
    return count;
  }

  get items(): readonly IDidItem[] {
    this._items ??= this.rows.map(row => row.item);
    return this._items;
  }

  clear(): void {
    this._anchor = null;
    this._base = NOTHING;
    this._set(new Set());
  }

  /** Where the next range begins; what is selected already stays. */
  setAnchor(row: DidRow | null): void {
    this._anchor = row;
    this._base = this._marked;
  }

  /** Selects a row, or takes it out. `active` was selected silently, as the row that one is at. */
  toggle(row: DidRow, active: DidRow | null = null): void {
    const marked = new Set(this._marked);
    if (marked.size === 0 && active !== null && active !== row) {
      marked.add(active);
    }
    if (!marked.delete(row)) {
      marked.add(row);
    }
    this._set(marked);
    this.setAnchor(row);
  }

  /**
   * Selects from the anchor to a row, beside what was selected before.
   *
   * @param from - the anchor, where none was set
   */
  extendTo(row: DidRow, from: DidRow | null): void {
    if (this._anchor === null || this._rows.indexOf(this._anchor) < 0) {
      this.setAnchor(from ?? row);
    }
    const ends = [
      this._rows.indexOf(this._anchor ?? row),
      this._rows.indexOf(row)
    ];
    const marked = new Set(this._base);
    this._mark(marked, Math.min(...ends), Math.max(...ends));
    this._set(marked);
  }

  /** Selects every row that is listed. */
  selectAll(): void {
    const marked = new Set(this._marked);
    this._mark(marked, 0, this._rows.length - 1);
    this._set(marked);
    this.setAnchor(null);
  }

  /** Drops rows that are no longer part of the tree. */
  keepOnly(isThere: (row: DidRow) => boolean): void {
    const marked = new Set([...this._marked].filter(isThere));
    if (marked.size !== this._marked.size) {
      this._anchor = null;
      this._set(marked);
      this._base = marked;
    }
  }

  /** The order changed, or what is listed. */
  moved(): void {
    this._sorted = null;
    this._items = null;
  }

  private _mark(marked: Set<DidRow>, first: number, last: number): void {
    for (let index = Math.max(0, first); index <= last; index++) {
      const row = this._rows.at(index);
      if (row?.kind === 'did') {
        marked.add(row);
      }
    }
  }

  private _place(row: DidRow): number {
    const index = this._rows.indexOf(row);
    return index < 0 ? Infinity : index;
  }

  private _set(marked: ReadonlySet<DidRow>): void {
    if (marked.size === 0 && this._marked.size === 0) {
      return;
    }
    this._marked = marked;
    this.moved();
    this._onChanged();
  }

  private _marked: ReadonlySet<DidRow> = NOTHING;
  /** What was selected when the anchor was set. */
  private _base: ReadonlySet<DidRow> = NOTHING;
  private _anchor: DidRow | null = null;
  private _sorted: readonly DidRow[] | null = null;
  private _items: readonly IDidItem[] | null = null;
}

const NOTHING: ReadonlySet<DidRow> = new Set();
