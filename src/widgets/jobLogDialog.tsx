import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import React from 'react';

import { JobLog } from '../components/transfers/JobLog';
import type { JobLogModel } from '../model/jobLog';
import { FocusedDialog } from './focusedDialog';

/** The index of the button that copies. */
const COPY = 0;

/** Shows a job's log and follows it while it grows. */
export class JobLogDialog extends FocusedDialog<void> {
  constructor(options: JobLogDialog.IOptions) {
    const { title, model, trans } = options;
    super({
      title: trans.__('Log of %1', title),
      body: new LogPage(model, trans),
      buttons: [
        Dialog.cancelButton({
          label: trans.__('Copy'),
          caption: trans.__('Copy the log')
        }),
        Dialog.okButton({ label: trans.__('Close') })
      ]
    });
    this._options = options;
    this.addClass('jp-RucioLog-dialog');
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._options.model.dispose();
      super.dispose();
    }
  }

  override resolve(index?: number): void {
    if (index === COPY) {
      this._options.onCopy(this._options.model.text);
    } else {
      super.resolve(index);
    }
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    void this._options.model.follow();
  }

  private readonly _options: JobLogDialog.IOptions;
}

export namespace JobLogDialog {
  export interface IOptions {
    /** What the job is called. */
    title: string;
    model: JobLogModel;
    onCopy: (text: string) => void;
    trans: TranslationBundle;
  }
}

class LogPage extends ReactWidget implements Dialog.IBodyWidget<void> {
  constructor(
    private readonly _model: JobLogModel,
    private readonly _trans: TranslationBundle
  ) {
    super();
  }

  getValue(): void {
    // Nothing is asked for.
  }

  protected override render(): JSX.Element {
    return <JobLog model={this._model} trans={this._trans} />;
  }
}
