import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import type { IJob } from '../api/types';
import { UploadForm } from '../components/upload/UploadForm';
import type { UploadModel } from '../model/upload';
import { FocusedDialog } from './focusedDialog';

/** How the dialog ended: with a job, with the wish to choose files, or given up (null). */
export type UploadOutcome = IJob | 'choose' | null;

/** Asks what is to be uploaded where, and stays open until the server has taken it. */
export class UploadDialog extends FocusedDialog<UploadOutcome> {
  constructor(options: UploadDialog.IOptions) {
    const { model, trans } = options;
    const body = new UploadBody(options, () => {
      body.outcome = 'choose';
      super.resolve(UPLOAD);
    });
    super({
      title: trans.__('Upload to Rucio'),
      body,
      focusNodeSelector: firstField(model),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Upload') })
      ]
    });
    this._model = model;
    this._form = body;
    this.addClass('jp-RucioUpload-dialog');
    model.changed.connect(this._showButton, this);
  }

  override dispose(): void {
    this._model.changed.disconnect(this._showButton, this);
    super.dispose();
  }

  /** Enter and the buttons come here: the dialog closes only once the server has taken the upload. */
  override resolve(index = UPLOAD): void {
    if (index === UPLOAD) {
      void this._start();
    } else {
      super.resolve(index);
    }
  }

  /** Keys of what is open or has the focus in the form are its own. */
  protected override _evtKeydown(event: KeyboardEvent): void {
    const { target, key } = event;
    const element = target instanceof HTMLElement ? target : null;
    const isInForm = element !== null && this._form.node.contains(element);
    if (isInForm && isOwnKey(element, key)) {
      return;
    }
    super._evtKeydown(event);
  }

  /** The field that had the keyboard at first may be out of sight by now. */
  protected override _evtFocus(event: FocusEvent): void {
    const { target } = event;
    if (target instanceof Node && !this.node.contains(target)) {
      event.stopPropagation();
      this.node.focus();
    }
  }

  /** JupyterLab looks at the fields with every letter, and would enable the button for them alone. */
  protected override _checkValidation(): void {
    super._checkValidation();
    this._showButton();
  }

  private async _start(): Promise<void> {
    const job = await this._model.start();
    // The user may have given up meanwhile; the upload goes on, and Transfers shows it.
    if (job !== null && !this.isDisposed) {
      this._form.outcome = job;
      super.resolve(UPLOAD);
    }
  }

  private _showButton(): void {
    const button = this.node.querySelector<HTMLButtonElement>(
      '.jp-Dialog-footer button.jp-mod-accept'
    );
    if (button) {
      button.disabled = this._model.obstacle !== null;
    }
  }

  private readonly _model: UploadModel;
  private readonly _form: UploadBody;
}

export namespace UploadDialog {
  export interface IOptions {
    /** Outlives the dialog. */
    model: UploadModel;
    /** Whether files can be chosen in a dialog of Jupyter's. */
    canChoose: boolean;
    trans: TranslationBundle;
  }
}

/** The index of the button that uploads. */
const UPLOAD = 1;

/** Whether a key is for an element of the form and not for the dialog. */
function isOwnKey(element: HTMLElement, key: string): boolean {
  if (element.getAttribute('aria-expanded') === 'true') {
    // A list of completions is open.
    return true;
  }
  if (element instanceof HTMLInputElement) {
    const isPath = element.name === 'path' && element.value.trim() !== '';
    return key === 'Enter' && isPath;
  }
  // Buttons are pressed, and arrows among them go nowhere.
  return key !== 'Escape' && key !== 'Tab';
}

/** Where the first thing is missing; the prefix where nothing is, which is what one adds. */
function firstField(model: UploadModel): string {
  const { obstacle } = model;
  const field = obstacle?.kind === 'missing' ? obstacle.field : 'prefix';
  return field === 'paths'
    ? '.jp-RucioUpload-add > :first-child'
    : `.jp-RucioUpload [name=${field}]`;
}

class UploadBody
  extends ReactWidget
  implements Dialog.IBodyWidget<UploadOutcome>
{
  constructor(
    private readonly _options: UploadDialog.IOptions,
    private readonly _onChoose: () => void
  ) {
    super();
  }

  outcome: UploadOutcome = null;

  getValue(): UploadOutcome {
    return this.outcome;
  }

  protected override render(): JSX.Element {
    const { model, canChoose, trans } = this._options;
    return (
      <UploadForm
        model={model}
        onChoose={canChoose ? this._onChoose : null}
        trans={trans}
      />
    );
  }
}
