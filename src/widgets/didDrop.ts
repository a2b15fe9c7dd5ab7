import type { Drag } from '@lumino/dragdrop';
import type { IDisposable } from '@lumino/disposable';

import type { IInsertion } from './editorText';
import { type IMark, type ISpot, spotAt } from './dropSpots';
import type { IPlace } from './places';
import type { PlaceTracker } from './placeTracker';

/** One DID that is dragged: `{instance, did, type}`. */
export const DID_MIME = 'application/x-rucio-did';
/** All that are dragged together, as a list of the same. */
export const DIDS_MIME = 'application/x-rucio-dids';

const EVENTS = [
  'lm-dragenter',
  'lm-dragover',
  'lm-dragleave',
  'lm-drop'
] as const;

/**
 * Takes DIDs that are dropped on notebooks, consoles and text files.
 *
 * Listens on the whole document, since these widgets are not ours; what is not a DID is left to them.
 */
export class DidDropTarget implements IDisposable {
  constructor(private readonly _options: DidDropTarget.IOptions) {
    EVENTS.forEach(type => document.addEventListener(type, this, true));
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    EVENTS.forEach(type => document.removeEventListener(type, this, true));
    this.clear();
  }

  /** Takes the mark away; called when a drag has ended anyhow. */
  clear(): void {
    this._mark?.remove();
    this._mark = null;
  }

  handleEvent(event: Event): void {
    const drag = event as Drag.Event;
    if (!drag.mimeData?.hasData(DID_MIME)) {
      return;
    }
    if (drag.type === 'lm-dragleave') {
      this.clear();
      return;
    }
    const spot = this._spotOf(drag);
    if (spot === null) {
      this.clear();
      return;
    }
    drag.preventDefault();
    drag.stopPropagation();
    if (drag.type === 'lm-drop') {
      this.clear();
      drag.dropAction = 'copy';
      void this._drop(spot, drag);
      return;
    }
    drag.dropAction = 'copy';
    this._show(spot);
  }

  private async _drop(spot: ISpot, drag: Drag.Event): Promise<void> {
    const insertion = await this._options.insertion(spot.place);
    if (insertion && !spot.place.widget.isDisposed) {
      spot.drop(insertion);
    }
  }

  private _spotOf({ target, clientX, clientY }: Drag.Event): ISpot | null {
    if (!(target instanceof Node)) {
      return null;
    }
    const place = this._options.places.at(target);
    return place && spotAt(place, target, clientX, clientY);
  }

  private _show(spot: ISpot): void {
    if (this._mark === null) {
      this._mark = document.createElement('div');
      this._mark.className = 'jp-RucioDropMark';
      document.body.appendChild(this._mark);
    }
    const { style } = this._mark;
    for (const side of SIDES) {
      style[side] = `${spot.mark[side]}px`;
    }
  }

  private _mark: HTMLElement | null = null;
  private _isDisposed = false;
}

const SIDES: readonly (keyof IMark)[] = ['left', 'top', 'width', 'height'];

export namespace DidDropTarget {
  export interface IOptions {
    readonly places: PlaceTracker;
    /** What is being dragged, as the place takes it; null where it cannot be said. */
    readonly insertion: (place: IPlace) => Promise<IInsertion | null>;
  }
}
