import { MimeData } from '@lumino/coreutils';
import type { Drag } from '@lumino/dragdrop';
import type { IDisposable } from '@lumino/disposable';

import type { DidType } from '../api/types';
import type { IDidKey } from '../tokens';
import { DID_MIME, DIDS_MIME } from './didDrop';

/** Farther than a hand that clicks moves, in pixels. */
const THRESHOLD = 5;

/** Every element that shows a DID and can be dragged says which one it is. */
const ROW = '[data-did][data-instance]';
/** What is pressed there is not the DID. */
const CONTROLS = 'button, a, input, select, textarea';

export interface IDraggedDid extends IDidKey {
  readonly type: DidType | null;
}

/** Lets rows that show DIDs be dragged with the mouse; a Lumino drag, as JupyterLab's own. */
export class DidDragSource implements IDisposable {
  constructor(private readonly _options: DidDragSource.IOptions) {
    document.addEventListener('mousedown', this, true);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    document.removeEventListener('mousedown', this, true);
    this._forget();
    this._drag?.dispose();
  }

  handleEvent(event: MouseEvent): void {
    if (event.type === 'mousedown') {
      this._onMouseDown(event);
    } else if (event.type === 'mousemove') {
      this._onMouseMove(event);
    } else {
      this._forget();
    }
  }

  private _onMouseDown(event: MouseEvent): void {
    const { target, button, clientX, clientY } = event;
    if (button !== 0 || this._drag || !(target instanceof Element)) {
      return;
    }
    const row = target.closest<HTMLElement>(ROW);
    if (row && !target.closest(CONTROLS)) {
      this._pressed = { row, clientX, clientY };
      document.addEventListener('mousemove', this, true);
      document.addEventListener('mouseup', this, true);
    }
  }

  private _onMouseMove(event: MouseEvent): void {
    const pressed = this._pressed;
    if (!pressed || !(event.buttons & 1)) {
      this._forget();
      return;
    }
    const { clientX, clientY } = event;
    const isFar =
      Math.abs(clientX - pressed.clientX) > THRESHOLD ||
      Math.abs(clientY - pressed.clientY) > THRESHOLD;
    if (isFar) {
      this._forget();
      // The words under the mouse are not what is meant.
      window.getSelection()?.removeAllRanges();
      event.preventDefault();
      void this._start(pressed.row, clientX, clientY);
    }
  }

  private async _start(row: HTMLElement, x: number, y: number): Promise<void> {
    const { did, instance, type } = row.dataset;
    if (did === undefined || instance === undefined) {
      return;
    }
    const one = { did, instance, type: (type as DidType) ?? null };
    const dids = this._options.together(one);
    const mimeData = new MimeData();
    mimeData.setData(DID_MIME, JSON.stringify(one));
    mimeData.setData(DIDS_MIME, JSON.stringify(dids));
    mimeData.setData('text/plain', dids.map(each => each.did).join('\n'));
    const dragImage = imageOf(dids);
    const isOver = pointerReleased();
    const dragdrop = await import('@lumino/dragdrop');
    if (isOver.value || this._isDisposed) {
      return;
    }
    this._drag = new dragdrop.Drag({
      mimeData,
      dragImage,
      proposedAction: 'copy',
      supportedActions: 'copy',
      source: this
    });
    this._options.started(dids);
    await this._drag.start(x, y);
    this._drag = null;
    this._options.ended();
  }

  private _forget(): void {
    this._pressed = null;
    document.removeEventListener('mousemove', this, true);
    document.removeEventListener('mouseup', this, true);
  }

  private _pressed: {
    row: HTMLElement;
    clientX: number;
    clientY: number;
  } | null = null;
  private _drag: Drag | null = null;
  private _isDisposed = false;
}

export namespace DidDragSource {
  export interface IOptions {
    /** All that are dragged with the one under the mouse, itself among them. */
    readonly together: (one: IDraggedDid) => readonly IDraggedDid[];
    readonly started: (dids: readonly IDraggedDid[]) => void;
    readonly ended: () => void;
  }
}

/** Whether the button was let go while the code for dragging was fetched. */
function pointerReleased(): { value: boolean } {
  const released = { value: false };
  document.addEventListener(
    'pointerup',
    () => {
      released.value = true;
    },
    { once: true, capture: true }
  );
  return released;
}

/** What hangs at the mouse: the DID, or how many. */
function imageOf(dids: readonly IDraggedDid[]): HTMLElement {
  const node = document.createElement('div');
  node.className = 'jp-RucioDragImage';
  node.textContent = dids[0]?.did ?? '';
  if (dids.length > 1) {
    const more = document.createElement('span');
    more.className = 'jp-RucioDragImage-more';
    more.textContent = `+${dids.length - 1}`;
    node.appendChild(more);
  }
  return node;
}
