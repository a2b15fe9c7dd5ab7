import { Dialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';

/**
 * A dialog that has the keyboard from its first moment.
 *
 * JupyterLab's own gives its field the focus once the browser is idle. Until then keys would still go
 * to what lies below, where Escape means something else; and who was quicker and is in another field
 * would be taken out of it.
 */
export class FocusedDialog<T> extends Dialog<T> {
  constructor(options: Partial<Dialog.IOptions<T>>) {
    super(options);
    this._drawnBody = options.body;
    this._selector = options.focusNodeSelector ?? '';
  }

  override dispose(): void {
    this._observer?.disconnect();
    super.dispose();
  }

  protected override onAfterAttach(msg: Message): void {
    const body = this._drawnBody;
    const drawn = body instanceof ReactWidget ? body.renderPromise : undefined;
    let chosen: Element | null = null;
    void drawn?.then(() => {
      chosen = document.activeElement;
    });
    // Waits for the same, and then moves the focus wherever it is.
    super.onAfterAttach(msg);
    void drawn?.then(() => {
      if (chosen !== this.node && this.node.contains(chosen)) {
        (chosen as HTMLElement).focus();
      } else {
        this._waitForField();
      }
    });
    this.addClass('jp-Rucio-dialog');
    this.node.tabIndex = -1;
    this.node.focus({ preventScroll: true });
  }

  /** On a busy machine React draws after JupyterLab has looked for the field, and given a button the focus. */
  private _waitForField(): void {
    if (!this._selector) {
      return;
    }
    const place = `.jp-Dialog-body ${this._selector}`;
    const field = () => this.node.querySelector<HTMLElement>(place);
    if (field()) {
      return;
    }
    const given = document.activeElement;
    this._observer = new MutationObserver(() => {
      const drawn = field();
      if (drawn) {
        this._observer?.disconnect();
        if (document.activeElement === given) {
          drawn.focus();
        }
      }
    });
    this._observer.observe(this.node, { childList: true, subtree: true });
  }

  private readonly _selector: string;
  private _observer: MutationObserver | null = null;
  private readonly _drawnBody: Dialog.IOptions<T>['body'] | undefined;
}

/** Opens a dialog, which is gone once it has been answered. */
export async function launch<T>(dialog: Dialog<T>): Promise<Dialog.IResult<T>> {
  try {
    return await dialog.launch();
  } finally {
    dialog.dispose();
  }
}
