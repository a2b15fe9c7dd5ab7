import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import type { ISelection, ISelectionSource } from '../tokens';

/** What shows that the user works with a part of the page now. */
const TOUCHES = ['focusin', 'mousedown', 'contextmenu'] as const;

/**
 * The places where DIDs are selected, and which of them the user touched last.
 *
 * A command without arguments acts on what is selected there: the focus itself says less, since menus
 * and the palette take it.
 */
export class SelectionSources {
  /** The selection is another one, or may be. */
  readonly changed: Signal<SelectionSources, void> = new Signal(this);

  get selection(): ISelection | null {
    return this._current?.selection() ?? null;
  }

  get selected(): readonly ISelection[] {
    return this._current?.selected() ?? [];
  }

  /** Adds a place, behind those that were touched, until the returned disposable is disposed. */
  add(source: ISelectionSource): IDisposable {
    this._sources.push(source);
    const touch = () => {
      if (this._sources[0] !== source) {
        this._sources = [
          source,
          ...this._sources.filter(one => one !== source)
        ];
        this.changed.emit();
      }
    };
    const { node } = source;
    // While it goes down: the commands look at it before the event comes up again.
    TOUCHES.forEach(type => node.addEventListener(type, touch, true));
    source.changed?.connect(this._emit, this);
    return new DisposableDelegate(() => {
      TOUCHES.forEach(type => node.removeEventListener(type, touch, true));
      source.changed?.disconnect(this._emit, this);
      this._sources = this._sources.filter(one => one !== source);
      this.changed.emit();
    });
  }

  /** The one that was touched last, of those where something is selected. */
  private get _current(): ISelectionSource | undefined {
    return this._sources.find(source => source.selection() !== null);
  }

  private _emit(): void {
    this.changed.emit();
  }

  /** The one that was touched last comes first. */
  private _sources: ISelectionSource[] = [];
}
