import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { type ISignal, Signal } from '@lumino/signaling';
import React from 'react';

import {
  type ITransfersSectionProps,
  TransfersSection
} from '../components/transfers/TransfersSection';
import { transfersCaption } from '../components/transfers/transferWords';
import { stateOf, totalOf, type TransfersModel } from '../model/transfers';
import type { ISectionCaption } from '../tokens';

/** The section of the sidebar about what moves. */
export class TransfersSectionWidget extends ReactWidget {
  constructor(props: ITransfersSectionProps) {
    super();
    this._props = props;
    this.addClass('jp-RucioTransfers-widget');
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    void this._props.model.jobs.load();
    this._props.model.rules.setSeen(true);
    this._props.storage.setSeen(true);
  }

  protected override onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._props.model.rules.setSeen(false);
    this._props.storage.setSeen(false);
  }

  protected override render(): JSX.Element {
    return <TransfersSection {...this._props} />;
  }

  private readonly _props: ITransfersSectionProps;
}

/** The words beside the section's title: what moves, and what needs somebody. */
export class TransfersCaption implements ISectionCaption {
  constructor(model: TransfersModel, trans: TranslationBundle) {
    this._model = model;
    this._trans = trans;
    model.changed.connect(() => {
      (this.changed as Signal<this, void>).emit();
    });
  }

  readonly changed: ISignal<this, void> = new Signal<this, void>(this);

  get text(): string {
    const { all } = this._model;
    const inTrouble = all.filter(one => stateOf(one) === 'trouble').length;
    return transfersCaption(totalOf(all), inTrouble, this._trans);
  }

  private readonly _model: TransfersModel;
  private readonly _trans: TranslationBundle;
}
