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
    const { injector } = notebook;
    injector.injectRequested.connect(() =>
      this._sharing(notebook).forEach(one => one.injector.injectAgain())
    );
    injector.injected.connect((_, attachments) =>
      this._others(notebook).forEach(other =>
        attachments.forEach(one => other.injector.displace(one, notebook.title))
      )
    );
    // The variable may have been that of another notebook, too.
    injector.removed.connect((_, names) =>
      this._others(notebook).forEach(other =>
        other.injector.injectAgain(one => names.includes(one.variableName))
      )
    );
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

  /** The notebooks on its kernel, itself included. What one does there the others may not hear. */
  private _sharing(asked: AttachedNotebook): AttachedNotebook[] {
    const id = asked.injector.kernel?.id;
    return [...this._notebooks].filter(
      notebook => id !== undefined && notebook.injector.kernel?.id === id
    );
  }

  private _others(asked: AttachedNotebook): AttachedNotebook[] {
    return this._sharing(asked).filter(notebook => notebook !== asked);
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
