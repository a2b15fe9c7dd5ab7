import { Dialog } from '@jupyterlab/apputils';
import type { Message } from '@lumino/messaging';

/**
 * A dialog that has the keyboard from its first moment.
 *
 * JupyterLab's own gives its field the focus once the browser is idle; until then keys would still go
 * to what lies below, where Escape means something else.
 */
export class FocusedDialog<T> extends Dialog<T> {
  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this.addClass('jp-Rucio-dialog');
    this.node.tabIndex = -1;
    this.node.focus({ preventScroll: true });
  }
}

/** Opens a dialog, which is gone once it has been answered. */
export async function launch<T>(dialog: Dialog<T>): Promise<Dialog.IResult<T>> {
  try {
    return await dialog.launch();
  } finally {
    dialog.dispose();
  }
}
