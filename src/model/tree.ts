import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { ApiError, asApiError, isAbort } from '../api/errors';
import type { IDidItem, IStreamEnd } from '../api/types';
import { onNextFrame, pump, type FrameScheduler } from './frames';
import {
  comparison,
  FOUND_ORDER,
  nameMatches,
  type Compare,
  type IOrder
} from './order';
import { NoteRow, type Branch, type DidRow, type Row } from './rows';
import { SelectionModel } from './selection';
import { VisibleRows } from './visibleRows';

/** The DIDs that a search found and what is in them, opened one by one. */
export class TreeModel implements IDisposable {
  constructor(options: TreeModel.IOptions) {
    this._content = options.content;
    this._onOutcome = options.onOutcome;
    this._frames = options.frames ?? onNextFrame;
  }

  /** Rows came, went, opened or closed, or another one is active. */
  readonly changed: Signal<TreeModel, void> = new Signal(this);

  /** The rows to act on together. */
  get selection(): SelectionModel {
    return this._selection;
  }

  /** Grows whenever rows come, go or move. */
  get version(): number {
    return this._version;
  }

  /** The number of visible rows. */
  get length(): number {
    return this._rows.length;
  }

  /** DIDs that are listed. */
  get shownCount(): number {
    return this._rows.shownCount;
  }

  /** DIDs that would be listed without the filter. */
  get loadedCount(): number {
    return this._rows.loadedCount;
  }

  get order(): IOrder {
    return this._order;
  }

  get nameFilter(): string {
    return this._nameFilter;
  }

  /**
   * The row that the keyboard acts on; null where there is none yet, and while a filter hides it.
   */
  get active(): Row | null {
    return this._active !== null && this._rows.indexOf(this._active) >= 0
      ? this._active
      : null;
  }

  /** The DID of the active row. */
  get activeDid(): IDidItem | null {
    const active = this.active;
    return active?.kind === 'did' ? active.item : null;
  }

  /** The DIDs to act on: those that were selected, the active one where none were. */
  get selected(): readonly IDidItem[] {
    if (this.selection.size > 0) {
      return this.selection.items;
    }
    const active = this.activeDid;
    return active === null ? [] : [active];
  }

  /** The rows of `selected`. */
  get selectedRows(): readonly DidRow[] {
    if (this.selection.size > 0) {
      return this.selection.rows;
    }
    const active = this.active;
    return active?.kind === 'did' ? [active] : [];
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._abortAll();
    Signal.clearData(this);
  }

  at(index: number): Row | undefined {
    return this._rows.at(index);
  }

  indexOf(row: Row): number {
    return this._rows.indexOf(row);
  }

  /** Sorts the rows, and the children of each of them; what still arrives is sorted in. */
  setOrder(order: IOrder): void {
    this._order = order;
    this._compare = comparison(order);
    this._arrange();
  }

  /**
   * Lists only those whose names have what was typed, and what they are in.
   *
   * See `nameMatches` for what can be typed; an empty text lists all.
   */
  setNameFilter(text: string): void {
    if (text !== this._nameFilter) {
      this._nameFilter = text;
      this._arrange();
    }
  }

  /**
   * Takes all rows away, and drops what is still on its way. The order and the filter stay.
   */
  clear(): void {
    this._abortAll();
    this._rows.clear();
    this.selection.clear();
    this._active = null;
    this._moved();
  }

  /** Adds results at the end. Gives how many were new. */
  append(items: readonly IDidItem[]): number {
    const count = this._rows.append(this._rows.root, items);
    if (count > 0) {
      this._moved();
    }
    return count;
  }

  setActive(row: Row | null): void {
    if (row !== this._active) {
      this._active = row;
      this.selection.setAnchor(null);
      this.changed.emit();
    }
  }

  /** Selects from where the selection began, or from the active row, to the row at an index. */
  extendTo(index: number): Row | null {
    const last = this._rows.length - 1;
    const row = this._rows.at(Math.max(0, Math.min(last, index))) ?? null;
    if (row?.kind === 'did') {
      const from = this.active;
      this.selection.extendTo(row, from?.kind === 'did' ? from : null);
    }
    if (row !== null) {
      this._active = row;
      this.changed.emit();
    }
    return row;
  }

  extendBy(rows: number): Row | null {
    return this.extendTo(
      this.active === null ? 0 : this._rows.indexOf(this.active) + rows
    );
  }

  /** Makes the row at an index the active one; indices beyond the ends mean the ends. */
  moveTo(index: number): Row | null {
    const last = this._rows.length - 1;
    const row = this._rows.at(Math.max(0, Math.min(last, index))) ?? null;
    this.setActive(row);
    return row;
  }

  moveBy(rows: number): Row | null {
    const from = this.active ? this._rows.indexOf(this.active) : -1;
    if (from < 0) {
      return this.moveTo(0);
    }
    return this.moveTo(from + rows);
  }

  /**
   * Makes the next row active whose name begins with the text, cyclically.
   *
   * A text of one letter looks behind the active row, so that typing it again goes on; a longer one
   * stays where it still fits.
   */
  moveToName(text: string): Row | null {
    const wanted = text.toLowerCase();
    const from = this.active ? this._rows.indexOf(this.active) : -1;
    const first = text.length === 1 ? 1 : 0;
    for (let i = first; i <= this._rows.length; i++) {
      const index = (from + i + this._rows.length) % this._rows.length;
      const row = this._rows.at(index);
      if (
        row?.kind === 'did' &&
        (row.item.name.toLowerCase().startsWith(wanted) ||
          row.item.did.toLowerCase().startsWith(wanted))
      ) {
        this.setActive(row);
        return row;
      }
    }
    return null;
  }

  /** Opens a collection; its children are fetched the first time. */
  async expand(row: DidRow): Promise<void> {
    if (!row.isExpandable || row.isExpanded) {
      return;
    }
    this._rows.expand(row);
    this._moved();
    if (row.childrenState === 'unloaded' || row.childrenState === 'failed') {
      await this._load(row);
    }
  }

  collapse(row: DidRow): void {
    if (!row.isExpanded) {
      return;
    }
    if (row.childrenState === 'loading') {
      // What is closed need not go on costing Rucio; it is asked again when it is opened again.
      this._abort(row);
      row.childrenState = 'unloaded';
    }
    this._rows.collapse(row);
    if (this._active && isUnder(this._active, row)) {
      this._active = row;
    }
    this._moved();
  }

  /** Fetches the children of a row again. */
  async reload(row: DidRow): Promise<void> {
    this._abort(row);
    await this._load(row);
  }

  private async _load(row: DidRow): Promise<void> {
    const branch = row.children;
    for (const running of [...this._running.keys()]) {
      if (isUnder(running, row)) {
        this._abort(running);
      }
    }
    this._rows.empty(branch);
    this.selection.keepOnly(one => !isUnder(one, row));
    if (this._active && isUnder(this._active, row)) {
      this._active = row;
    }
    row.childrenState = 'loading';
    this._note(branch, new NoteRow('loading', branch));

    const abort = new AbortController();
    this._running.set(row, abort);
    const stream = this._content(row.item.did, abort.signal);
    try {
      const end = await pump(stream, {
        apply: items => {
          if (this._rows.append(branch, items) > 0) {
            this._moved();
          }
        },
        signal: abort.signal,
        frames: this._frames
      });
      row.childrenState = 'loaded';
      this._note(branch, endNote(branch, end));
      this._onOutcome(null);
    } catch (reason) {
      if (isAbort(reason)) {
        return;
      }
      const error = asApiError(reason);
      row.childrenState = 'failed';
      this._note(branch, new NoteRow('failed', branch, error));
      this._onOutcome(error);
    } finally {
      if (this._running.get(row) === abort) {
        this._running.delete(row);
      }
    }
  }

  private _note(branch: Branch, note: NoteRow | null): void {
    if (this._active === branch.note && branch.note !== null) {
      this._active = note ?? branch.owner;
    }
    this._rows.setNote(branch, note);
    this._moved();
  }

  private _arrange(): void {
    this._rows.arrange({
      compare: this._compare,
      matches: nameMatches(this._nameFilter)
    });
    this._moved();
  }

  private _moved(): void {
    this._version++;
    this.selection.moved();
    this.changed.emit();
  }

  private _abort(row: DidRow): void {
    this._running.get(row)?.abort();
    this._running.delete(row);
  }

  private _abortAll(): void {
    for (const abort of this._running.values()) {
      abort.abort();
    }
    this._running.clear();
  }

  private readonly _content: TreeModel.IOptions['content'];
  private readonly _onOutcome: (error: ApiError | null) => void;
  private readonly _frames: FrameScheduler;
  private readonly _rows = new VisibleRows();
  private readonly _running = new Map<DidRow, AbortController>();
  private readonly _selection = new SelectionModel(this._rows, () =>
    this.changed.emit()
  );
  private _order: IOrder = FOUND_ORDER;
  private _compare: Compare | null = null;
  private _nameFilter = '';
  private _active: Row | null = null;
  private _version = 0;
  private _isDisposed = false;
}

export namespace TreeModel {
  export interface IOptions {
    /** The children of a collection, one level. */
    content: (
      did: string,
      signal: AbortSignal
    ) => AsyncGenerator<IDidItem[], IStreamEnd>;
    /** Told how each request ended. */
    onOutcome: (error: ApiError | null) => void;
    frames?: FrameScheduler;
  }
}

function endNote(branch: Branch, end: IStreamEnd): NoteRow | null {
  if (end.truncated) {
    return new NoteRow('truncated', branch);
  }
  return branch.rows.length === 0 ? new NoteRow('empty', branch) : null;
}

/** Whether a row hangs somewhere below another. */
function isUnder(row: Row, other: DidRow): boolean {
  for (let owner = row.branch.owner; owner !== null; owner = owner.parent) {
    if (owner === other) {
      return true;
    }
  }
  return false;
}
