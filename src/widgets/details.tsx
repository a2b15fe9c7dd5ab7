import { DOMUtils, MainAreaWidget } from '@jupyterlab/apputils';
import { ReactWidget, type Toolbar } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import React from 'react';

import { itemOf } from '../components/details/DetailsHeader';
import { Details, type IDetailsProps } from '../components/details/Details';
import { typeIcon } from '../components/words';
import { rucioIcon } from '../icons';
import type { DetailsModel } from '../model/details';
import { parseDid } from '../model/did';
import { datasetAround } from '../model/rows';
import type { ISelection, ISelectionSource } from '../tokens';

/** The page itself; it keeps its model up to date while it can be seen, and disposes it. */
class DetailsContent extends ReactWidget {
  constructor(private readonly _props: IDetailsProps) {
    super();
    this.addClass('jp-RucioDetails-widget');
  }

  override dispose(): void {
    if (!this.isDisposed) {
      super.dispose();
      this._props.model.dispose();
    }
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._props.model.setVisible(this.isVisible);
  }

  protected override onBeforeDetach(msg: Message): void {
    this._props.model.setVisible(false);
    super.onBeforeDetach(msg);
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._props.model.setVisible(true);
  }

  protected override onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._props.model.setVisible(false);
  }

  protected render(): JSX.Element {
    return <Details {...this._props} />;
  }
}

/** The details of a DID, as a tab of the main area. */
export class DetailsWidget extends MainAreaWidget implements ISelectionSource {
  constructor(options: DetailsWidget.IOptions) {
    const { props, toolbar } = options;
    super({ content: new DetailsContent(props), toolbar });
    this.model = props.model;
    this.addClass('jp-RucioDetails-main');
    this.id = DOMUtils.createDomID();
    this.title.closable = true;
    for (const type of ['focusin', 'mousedown', 'contextmenu']) {
      this.node.addEventListener(type, this._onTouched, true);
    }
    this._setTitle();
    this.model.changed.connect(this._setTitle, this);
    this.model.overview.changed.connect(this._setTitle, this);
  }

  readonly model: DetailsModel;

  /** The row of the contents that the user is at, or else the DID of the page. */
  readonly selection = (): ISelection | null => {
    const { instance, contents } = this.model;
    const item =
      (this._isInContents ? contents.tree.activeDid : null) ??
      itemOf(this.model);
    return item && { instance, item };
  };

  readonly selected = (): readonly ISelection[] => {
    const { instance, contents, did, type } = this.model;
    const around = type === 'dataset' ? did : null;
    if (this._isInContents && contents.tree.selected.length > 0) {
      return contents.tree.selectedRows.map(row => ({
        instance,
        item: row.item,
        parent: datasetAround(row) ?? (row.item.type === 'file' ? around : null)
      }));
    }
    const selection = this.selection();
    return selection ? [selection] : [];
  };

  private readonly _onTouched = (event: Event): void => {
    const { target } = event;
    this._isInContents =
      target instanceof Element && target.closest('.jp-RucioTree') !== null;
  };

  private _setTitle(): void {
    const { did, type, configuration, instance } = this.model;
    const { title } = this;
    title.icon = (type ? typeIcon(type) : rucioIcon).bindprops({
      stylesheet: 'mainAreaTab'
    });
    title.label = shortened(parseDid(did)?.name ?? did);
    title.caption = `${did}\n${configuration?.display_name ?? instance}`;
  }

  private _isInContents = false;
}

export namespace DetailsWidget {
  export interface IOptions {
    props: IDetailsProps;
    toolbar: Toolbar;
  }
}

/** A tab has room for so many characters. */
const LABEL_CHARACTERS = 24;

/** What numbered names differ in stands at their ends. */
function shortened(name: string): string {
  const characters = Array.from(name);
  if (characters.length <= LABEL_CHARACTERS) {
    return name;
  }
  const half = LABEL_CHARACTERS / 2;
  return [
    ...characters.slice(0, half - 1),
    '…',
    ...characters.slice(-half)
  ].join('');
}
