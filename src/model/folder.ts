import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { type ApiError, asApiError, isAbort } from '../api/errors';
import type { IFolder, IFolderEntry } from '../api/types';
import type { IRucioApi } from '../tokens';

/** What the server says of a path that is one of a file. */
const NOT_A_FOLDER = 'not_a_folder';

/**
 * A folder of the server, and the entry that the keyboard is at.
 *
 * What cannot be opened leaves the folder before in its place, with the reason beside it.
 */
export class FolderModel implements IDisposable {
  constructor(private readonly _list: IRucioApi['folder']) {}

  readonly changed: Signal<FolderModel, void> = new Signal(this);

  /** null before the first one has been read. */
  get folder(): IFolder | null {
    return this._folder;
  }

  get entries(): readonly IFolderEntry[] {
    return this._folder?.entries ?? [];
  }

  get isLoading(): boolean {
    return this._request !== null;
  }

  /** Why the folder that was asked for last is not shown. */
  get error(): ApiError | null {
    return this._error;
  }

  /** The index of the active entry; -1 where there is none. */
  get activeIndex(): number {
    return this._active;
  }

  get active(): IFolderEntry | null {
    return this.entries[this._active] ?? null;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._request?.abort();
    Signal.clearData(this);
  }

  /** Opens the folder that a file is in, or else the home folder. Never rejects. */
  async begin(file: string): Promise<void> {
    const isOpen = isAbsolute(file) && (await this.open(folderOf(file), file));
    if (!isOpen && !this._isDisposed) {
      await this.open();
    }
  }

  /**
   * Opens a folder; the home folder where no path is given. Never rejects.
   *
   * @param activePath - the entry to begin at; the first one where there is no such
   * @returns whether it is the one that is shown now
   */
  async open(path?: string, activePath?: string): Promise<boolean> {
    this._request?.abort();
    const request = new AbortController();
    this._request = request;
    this.changed.emit();
    try {
      const folder = await this._list(path, request.signal);
      if (request !== this._request) {
        return false;
      }
      this._folder = folder;
      this._error = null;
      this._active = firstOf(folder.entries, activePath);
      return true;
    } catch (reason) {
      if (request === this._request && !isAbort(reason)) {
        this._error = asApiError(reason);
      }
      return false;
    } finally {
      if (request === this._request) {
        this._request = null;
        this.changed.emit();
      }
    }
  }

  /** Opens the folder above, at the one that was left. */
  async up(): Promise<void> {
    const { folder } = this;
    if (folder !== null && folder.parent !== null) {
      await this.open(folder.parent, folder.path);
    }
  }

  /**
   * Goes to a path that was typed. Never rejects.
   *
   * @returns the entry where it is one of a file
   */
  async go(path: string): Promise<IFolderEntry | null> {
    if ((await this.open(path)) || this._error?.code !== NOT_A_FOLDER) {
      return null;
    }
    if (!(await this.open(folderOf(path)))) {
      return null;
    }
    const name = nameOf(path);
    const index = this.entries.findIndex(entry => entry.name === name);
    this.moveTo(index);
    return this.entries[index] ?? this._unlisted(name);
  }

  moveBy(count: number): void {
    const last = this.entries.length - 1;
    this.moveTo(Math.max(0, Math.min(last, this._active + count)));
  }

  moveTo(index: number): void {
    if (this.entries[index] && index !== this._active) {
      this._active = index;
      this.changed.emit();
    }
  }

  /** To the next entry whose name begins so; one letter goes on from where it is. */
  moveToName(beginning: string): void {
    const count = this.entries.length;
    const from = this._active + (beginning.length === 1 ? 1 : 0);
    for (let i = 0; i < count; i++) {
      const index = (Math.max(0, from) + i) % count;
      const name = this.entries[index]?.name.toLocaleLowerCase();
      if (name?.startsWith(beginning.toLocaleLowerCase())) {
        this.moveTo(index);
        return;
      }
    }
  }

  /** A file beyond those that are listed: whether it can be read will be seen when it is. */
  private _unlisted(name: string): IFolderEntry | null {
    return this._folder?.truncated
      ? {
          name,
          path: `${this._folder.path}/${name}`,
          type: 'file',
          size: null,
          modified_at: null,
          is_readable: true
        }
      : null;
  }

  private _folder: IFolder | null = null;
  private _error: ApiError | null = null;
  private _active = -1;
  private _request: AbortController | null = null;
  private _isDisposed = false;
}

function firstOf(entries: readonly IFolderEntry[], path?: string): number {
  const found = entries.findIndex(entry => entry.path === path);
  return found < 0 && entries.length > 0 ? 0 : found;
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || path.startsWith('~');
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? path.slice(0, slash + 1) : path.slice(0, slash);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
