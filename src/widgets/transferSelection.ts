import { type ISignal, Signal } from '@lumino/signaling';

import { parseDid } from '../model/did';
import type { IRuleTransfer, TransfersModel } from '../model/transfers';
import type {
  IAvailabilityModel,
  IDidKey,
  ISelection,
  ISelectionSource
} from '../tokens';

/** What shows which transfer the user works with. */
const TOUCHES = ['focusin', 'mousedown', 'contextmenu'] as const;

/** The transfer that was touched last, for commands that act on DIDs, where it is about one. */
export class TransferSelection implements ISelectionSource {
  constructor(
    readonly node: HTMLElement,
    private readonly _model: TransfersModel,
    private readonly _availability: IAvailabilityModel
  ) {
    TOUCHES.forEach(type => node.addEventListener(type, this._onTouched, true));
  }

  readonly changed: ISignal<this, void> = new Signal<this, void>(this);

  readonly selection = (): ISelection | null => {
    const key = this._did;
    const parts = key && parseDid(key.did);
    const value =
      key &&
      (this._availability.get(key.instance, key.did) ??
        ('value' in key ? key.value : null));
    // Without its type nobody could tell what a variable for it would be.
    return key && parts && value?.type
      ? {
          instance: key.instance,
          item: {
            did: key.did,
            ...parts,
            type: value.type,
            size: value.bytes_total,
            length: value.type === 'file' ? null : value.files_total
          }
        }
      : null;
  };

  readonly selected = (): readonly ISelection[] => {
    const selection = this.selection();
    return selection ? [selection] : [];
  };

  private get _did(): IDidKey | IRuleTransfer | null {
    const transfer = this._id === null ? undefined : this._model.find(this._id);
    if (transfer?.kind === 'rule') {
      return transfer;
    }
    const job = transfer?.entry.job;
    return job?.dids.length === 1
      ? { instance: job.instance, did: job.dids[0] }
      : null;
  }

  private readonly _onTouched = ({ target }: Event): void => {
    const row =
      target instanceof Element
        ? target.closest<HTMLElement>('[data-transfer]')
        : null;
    this._id = row?.dataset.transfer ?? null;
    (this.changed as Signal<this, void>).emit();
  };

  private _id: string | null = null;
}
