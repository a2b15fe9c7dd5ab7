import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { ApiError, asApiError } from '../api/errors';
import { AttachForm, type IAttachValue } from '../components/AttachForm';
import type { INameRules } from '../model/variableName';
import { FocusedDialog } from './focusedDialog';

/** Asks for the name of a variable, and for a DID where none is given. */
export class AttachDialog extends FocusedDialog<IAttachValue> {
  constructor(options: AttachDialog.IOptions) {
    const form = new FormWidget(options);
    super({
      title: options.title,
      body: form,
      focusNodeSelector:
        options.did === null ? '[name="did"]' : '[name="variable"]',
      buttons: [
        Dialog.cancelButton({ label: options.trans.__('Cancel') }),
        Dialog.okButton({ label: options.acceptLabel })
      ]
    });
    this._form = form;
    form.validityChanged = isValid => {
      const button = this.node.querySelector<HTMLButtonElement>(
        'button.jp-mod-accept'
      );
      if (button) {
        button.disabled = !isValid;
      }
    };
    this._accept = options.accept;
    this.addClass('jp-RucioAttach-dialog');
  }

  /** Enter and the button come here: the dialog closes once it has done what it is for. */
  override resolve(index = ACCEPT): void {
    if (index !== ACCEPT) {
      super.resolve(index);
      return;
    }
    void this._try();
  }

  private async _try(): Promise<void> {
    const value = this._form.value();
    if (value === null) {
      return;
    }
    this._form.tell(true, null);
    try {
      await this._accept(value);
    } catch (reason) {
      this._form.tell(false, asApiError(reason));
      return;
    }
    super.resolve(ACCEPT);
  }

  private readonly _form: FormWidget;
  private readonly _accept: AttachDialog.IOptions['accept'];
}

export namespace AttachDialog {
  export interface IOptions {
    title: string;
    acceptLabel: string;
    /** null where it has to be typed. */
    did: string | null;
    /** The name to begin with; one is proposed where it is left out. */
    variableName?: string;
    notebook: string;
    taken: ReadonlySet<string>;
    rules: INameRules;
    /** Does it; what it rejects with is shown, and the dialog stays. */
    accept: (value: IAttachValue) => Promise<void>;
    trans: TranslationBundle;
  }
}

/** The index of the button that attaches. */
const ACCEPT = 1;

class FormWidget
  extends ReactWidget
  implements Dialog.IBodyWidget<IAttachValue>
{
  constructor(options: AttachDialog.IOptions) {
    super();
    this._options = options;
  }

  /** Called with every change of what is typed. */
  validityChanged: (isValid: boolean) => void = () => undefined;

  getValue(): IAttachValue {
    return this._value;
  }

  /** What can be attached now; null while it cannot, or while the last one is still asked about. */
  value(): IAttachValue | null {
    return this._isValid && !this._isBusy ? this._value : null;
  }

  tell(isBusy: boolean, error: ApiError | null): void {
    this._isBusy = isBusy;
    this._error = error;
    this.update();
  }

  protected override render(): JSX.Element {
    const { did, variableName, notebook, taken, rules, trans } = this._options;
    return (
      <AttachForm
        did={did}
        variableName={variableName}
        notebook={notebook}
        taken={taken}
        rules={rules}
        isBusy={this._isBusy}
        error={this._error}
        onChange={this._onChange}
        trans={trans}
      />
    );
  }

  private readonly _onChange = (value: IAttachValue, isValid: boolean) => {
    this._value = value;
    this._isValid = isValid;
    this.validityChanged(isValid);
  };

  private readonly _options: AttachDialog.IOptions;
  private _value: IAttachValue = { did: '', variableName: '' };
  private _isValid = false;
  private _isBusy = false;
  private _error: ApiError | null = null;
}
