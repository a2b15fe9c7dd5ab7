import type { ISessionContext } from '@jupyterlab/apputils';
import { type ISignal, Signal } from '@lumino/signaling';

import type { IAttachmentsModel } from '../tokens';
import type { AttachedNotebook } from './attachedNotebook';

/** The open notebooks, and which one the user works with. */
export class AttachmentsModel implements IAttachmentsModel {
  readonly changed: ISignal<IAttachmentsModel, void> = new Signal<
    IAttachmentsModel,
    void
  >(this);

  readonly added: ISignal<IAttachmentsModel, AttachedNotebook> = new Signal<
    IAttachmentsModel,
    AttachedNotebook
  >(this);

  of(sessionContext: ISessionContext): AttachedNotebook | undefined {
    return [...this._notebooks].find(
      notebook => notebook.sessionContext === sessionContext
    );
  }

  get current(): AttachedNotebook | null {
    return this._current;
  }

  /** Takes care of a notebook until that is disposed. */
  add(notebook: AttachedNotebook): void {
    this._notebooks.add(notebook);
    notebook.changed.connect(this._onNotebookChanged, this);
    notebook.injector.injectRequested.connect(() => this._injectAll(notebook));
    (this.added as Signal<IAttachmentsModel, AttachedNotebook>).emit(notebook);
  }

  /** Ends the care. */
  remove(notebook: AttachedNotebook): void {
    this._notebooks.delete(notebook);
    notebook.changed.disconnect(this._onNotebookChanged, this);
    if (this._current === notebook) {
      this.setCurrent(null);
    }
  }

  setCurrent(notebook: AttachedNotebook | null): void {
    if (notebook !== this._current) {
      this._current = notebook;
      this._emit();
    }
  }

  /** The kernel asks; notebooks that share it may not all hear it. */
  private _injectAll(asked: AttachedNotebook): void {
    const id = asked.injector.kernel?.id;
    for (const notebook of this._notebooks) {
      if (notebook.injector.kernel?.id === id) {
        notebook.injector.injectAgain();
      }
    }
  }

  private _onNotebookChanged(notebook: AttachedNotebook): void {
    if (notebook === this._current) {
      this._emit();
    }
  }

  private _emit(): void {
    (this.changed as Signal<IAttachmentsModel, void>).emit();
  }

  private readonly _notebooks = new Set<AttachedNotebook>();
  private _current: AttachedNotebook | null = null;
}
