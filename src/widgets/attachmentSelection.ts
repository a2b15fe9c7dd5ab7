import { type ISignal, Signal } from '@lumino/signaling';

import { parseDid } from '../model/did';
import type {
  IAttachmentsModel,
  ISelection,
  ISelectionSource
} from '../tokens';

/** What shows which attachment the user works with. */
const TOUCHES = ['focusin', 'mousedown', 'contextmenu'] as const;

/** The attachment that was touched last in the Notebook section, for commands that act on DIDs. */
export class AttachmentSelection implements ISelectionSource {
  constructor(
    readonly node: HTMLElement,
    private readonly _model: IAttachmentsModel
  ) {
    TOUCHES.forEach(type => node.addEventListener(type, this._onTouched, true));
  }

  readonly changed: ISignal<this, void> = new Signal<this, void>(this);

  selection(): ISelection | null {
    const notebook = this._model.current;
    const attachment =
      this._variable === null
        ? undefined
        : notebook?.attachments.get(this._variable);
    const instance = attachment && notebook?.instanceOf(attachment);
    const parts = attachment && parseDid(attachment.did);
    if (!attachment || !instance || !parts) {
      return null;
    }
    const { did, type } = attachment;
    return {
      instance,
      // Whether a collection is a container makes no difference to what can be done with it here.
      item: {
        did,
        ...parts,
        type: type === 'file' ? 'file' : 'dataset',
        size: null,
        length: null
      }
    };
  }

  selected(): readonly ISelection[] {
    const selection = this.selection();
    return selection ? [selection] : [];
  }

  private readonly _onTouched = ({ target }: Event): void => {
    const row =
      target instanceof Element
        ? target.closest<HTMLElement>('[data-variable]')
        : null;
    this._variable = row?.dataset.variable ?? null;
    (this.changed as Signal<this, void>).emit();
  };

  private _variable: string | null = null;
}
