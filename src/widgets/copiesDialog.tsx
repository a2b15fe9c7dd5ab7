import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { Copies } from '../components/copies/Copies';
import type { CopiesModel } from '../model/copies';
import { FocusedDialog } from './focusedDialog';

/** Lists local copies until it is closed, or one of them is to be shown in the file browser. */
export class CopiesDialog extends FocusedDialog<string | null> {
  /** Takes the model over. */
  constructor(options: CopiesDialog.IOptions) {
    const { model, displayName, canOpen, trans } = options;
    const body = new CopiesBody(
      model,
      canOpen
        ? path => {
            body.chosen = path;
            this.resolve();
          }
        : null,
      trans
    );
    super({
      title: trans.__('Local copies of %1', displayName),
      body,
      buttons: [Dialog.okButton({ label: trans.__('Close') })]
    });
    this._model = model;
    this._list = body;
    this.addClass('jp-RucioCopies-dialog');
    void model.list.ensure();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._model.dispose();
      super.dispose();
    }
  }

  /** Keys on what is in the list are its own, but for those that leave it. */
  protected override _evtKeydown(event: KeyboardEvent): void {
    const { target, key } = event;
    const isInside =
      target instanceof Element && this._list.node.contains(target);
    if (isInside && key === 'Escape' && this._model.asked !== null) {
      event.stopPropagation();
      this._model.ask(null);
    } else if (!isInside || key === 'Escape' || key === 'Tab') {
      super._evtKeydown(event);
    }
  }

  private readonly _model: CopiesModel;
  private readonly _list: CopiesBody;
}

export namespace CopiesDialog {
  export interface IOptions {
    model: CopiesModel;
    displayName: string;
    /** Whether there is a file browser to show folders in. */
    canOpen: boolean;
    trans: TranslationBundle;
  }
}

class CopiesBody
  extends ReactWidget
  implements Dialog.IBodyWidget<string | null>
{
  constructor(
    private readonly _model: CopiesModel,
    private readonly _onOpen: ((contentsPath: string) => void) | null,
    private readonly _trans: TranslationBundle
  ) {
    super();
  }

  /** The folder that is to be shown. */
  chosen: string | null = null;

  getValue(): string | null {
    return this.chosen;
  }

  protected override render(): JSX.Element {
    return (
      <Copies model={this._model} onOpen={this._onOpen} trans={this._trans} />
    );
  }
}
