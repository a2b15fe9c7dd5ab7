import { AccordionToolbar, SidePanel } from '@jupyterlab/ui-components';
import { ArrayExt } from '@lumino/algorithm';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { type Message, MessageLoop } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import { AccordionPanel, type Title, Widget } from '@lumino/widgets';

import { rucioIcon } from '../icons';
import type { IRucioPanel, IRucioSection } from '../tokens';

/** The sidebar: a header, and below it the sections that plugins add. */
export class RucioPanel extends SidePanel implements IRucioPanel {
  constructor(options: RucioPanel.IOptions) {
    const renderer = new SectionRenderer();
    super({ ...options.side, renderer, titleSpace: 28 });
    this._renderer = renderer;
    this.id = RucioPanel.ID;
    this.addClass('jp-RucioPanel');
    this.title.icon = rucioIcon;
    this.title.caption = options.caption;
    this.header.addWidget(options.header);
    this._onFirstShow = options.onFirstShow;
    if (this.content instanceof AccordionPanel) {
      this.content.expansionToggled.connect((_, index) => this._give(index));
    }
  }

  readonly visibilityChanged: Signal<IRucioPanel, boolean> = new Signal(this);

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    super.dispose();
    Signal.clearData(this);
  }

  addSection(section: IRucioSection): IDisposable {
    const { id, title, rank, widget } = section;
    widget.id ||= `jp-RucioPanel-${id}`;
    widget.title.label = title;
    const index = ArrayExt.upperBound(
      this._sections,
      rank,
      (one, wanted) => one.rank - wanted
    );
    this._sections.splice(index, 0, section);
    this._renderer.add(section);
    this.insertWidget(index, widget);
    if (section.isClosed && this.content instanceof AccordionPanel) {
      this.content.collapse(index);
    }
    this._share();
    return new DisposableDelegate(() => {
      ArrayExt.removeFirstOf(this._sections, section);
      this._renderer.remove(section);
      widget.parent = null;
    });
  }

  expandSection(id: string): void {
    const index = this._sections.findIndex(section => section.id === id);
    if (index >= 0 && this.content instanceof AccordionPanel) {
      this.content.expand(index);
    }
  }

  /** The first section, which has the long lists, gets twice the room of another. */
  private _share(): void {
    if (!this.isDisposed && this.content instanceof AccordionPanel) {
      this.content.setRelativeSizes(
        this._sections.map(({ widget, isClosed }, index) => {
          // What is given to a closed one would not all come back to the others.
          const open = index === 0 ? 2 : isClosed ? 1.5 : 1;
          return widget.isHidden ? 0 : open;
        })
      );
    }
  }

  /** A section that was closed from the beginning has no room of its own when it is first opened. */
  private _give(index: number): void {
    const section = this._sections[index];
    if (
      section?.isClosed &&
      section.widget.isVisible &&
      !this._opened.has(section)
    ) {
      this._opened.add(section);
      this._share();
    }
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._resizes?.observe(this.content.node);
  }

  protected override onBeforeDetach(msg: Message): void {
    this._resizes?.disconnect();
    super.onBeforeDetach(msg);
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    if (this._onFirstShow) {
      this._onFirstShow();
      this._onFirstShow = null;
      // Shares of a panel without a size would be lost, and it has one only after this message.
      window.requestAnimationFrame(() => this._share());
    }
    this.visibilityChanged.emit(true);
  }

  protected override onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this.visibilityChanged.emit(false);
  }

  /** When the header gets higher or lower, nobody else tells the sections. */
  private readonly _resizes =
    typeof ResizeObserver === 'undefined'
      ? null
      : new ResizeObserver(() =>
          MessageLoop.postMessage(
            this.content,
            Widget.ResizeMessage.UnknownSize
          )
        );
  private readonly _renderer: SectionRenderer;
  private readonly _sections: IRucioSection[] = [];
  private readonly _opened = new Set<IRucioSection>();
  private _onFirstShow: (() => void) | null;
}

export namespace RucioPanel {
  export const ID = 'rucio-jupyterlab-panel';

  export interface IOptions {
    header: Widget;
    /** The tooltip of the sidebar's icon. */
    caption: string;
    /** Called once: nothing is asked of any server before somebody looks. */
    onFirstShow: () => void;
    side?: SidePanel.IOptions;
  }
}

/** Section titles with a caption beside them, which says the most important thing of a closed section. */
class SectionRenderer extends AccordionToolbar.Renderer {
  add(section: IRucioSection): void {
    const { caption } = section;
    this._sections.set(section.widget, section);
    if (caption) {
      caption.changed.connect(this._refresh, this);
    }
  }

  remove(section: IRucioSection): void {
    this._sections.delete(section.widget);
    this._captions.delete(section.widget);
    section.caption?.changed.disconnect(this._refresh, this);
  }

  override createSectionTitle(data: Title<Widget>): HTMLElement {
    const title = super.createSectionTitle(data);
    const section = this._sections.get(data.owner);
    if (section?.caption) {
      const node = document.createElement('span');
      node.className = 'jp-RucioPanel-caption';
      node.textContent = section.caption.text;
      title.appendChild(node);
      this._captions.set(data.owner, node);
    }
    return title;
  }

  private _refresh(): void {
    for (const [widget, node] of this._captions) {
      node.textContent = this._sections.get(widget)?.caption?.text ?? '';
    }
  }

  private readonly _sections = new Map<Widget, IRucioSection>();
  private readonly _captions = new Map<Widget, HTMLElement>();
}
