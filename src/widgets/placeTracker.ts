import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IConsoleTracker } from '@jupyterlab/console';
import type { IEditorTracker } from '@jupyterlab/fileeditor';
import type { INotebookTracker } from '@jupyterlab/notebook';
import { type ISignal, Signal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

import type { IKernelLanguages } from '../kernels/kernel';
import type { IAttachmentsModel } from '../tokens';
import { ConsolePlace, FilePlace, type IPlace, NotebookPlace } from './places';

/** Knows where code can be put, and which of these places the user works with. */
export class PlaceTracker {
  constructor(private readonly _options: PlaceTracker.IOptions) {
    const { notebooks, consoles, editors } = _options;
    for (const tracker of [notebooks, consoles, editors]) {
      tracker?.currentChanged.connect(this._onCurrentChanged, this);
    }
    this._last = notebooks.currentWidget;
  }

  /** Another place is the current one, perhaps. */
  readonly changed: ISignal<this, void> = new Signal<this, void>(this);

  /** The place in front, or else the one that was used last. */
  get current(): IPlace | null {
    const shown = this._options.shell.currentWidget;
    return (
      (shown && this._placeOf(shown)) ??
      (this._last && !this._last.isDisposed ? this._placeOf(this._last) : null)
    );
  }

  /** The place that an element is part of. */
  at(node: Node): IPlace | null {
    const { notebooks, consoles, editors } = this._options;
    for (const tracker of [notebooks, consoles, editors]) {
      const widget = tracker?.find((one: Widget) => one.node.contains(node));
      if (widget) {
        return this._placeOf(widget);
      }
    }
    return null;
  }

  private _placeOf(widget: Widget): IPlace | null {
    const { notebooks, consoles, editors, attachments, languages } =
      this._options;
    if (notebooks.has(widget)) {
      const panel = widget as NonNullable<typeof notebooks.currentWidget>;
      const attached = attachments.of(panel.sessionContext);
      return new NotebookPlace(panel, attached, languages);
    }
    if (consoles?.has(widget)) {
      const panel = widget as NonNullable<typeof consoles.currentWidget>;
      return new ConsolePlace(panel, languages);
    }
    if (editors?.has(widget)) {
      const document = widget as NonNullable<typeof editors.currentWidget>;
      return new FilePlace(document, languages);
    }
    return null;
  }

  private _onCurrentChanged(_: unknown, widget: Widget | null): void {
    this._last = widget ?? this._last;
    (this.changed as Signal<this, void>).emit();
  }

  private _last: Widget | null;
}

export namespace PlaceTracker {
  export interface IOptions {
    readonly shell: JupyterFrontEnd.IShell;
    readonly notebooks: INotebookTracker;
    readonly consoles: IConsoleTracker | null;
    readonly editors: IEditorTracker | null;
    readonly attachments: IAttachmentsModel;
    readonly languages: IKernelLanguages;
  }
}
