import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { SignInForm } from '../components/signIn/SignInForm';
import { SignInModel } from '../model/signIn';
import type { SignInField } from '../model/signInRequest';
import type { IRucioApi } from '../tokens';
import { FocusedDialog } from './focusedDialog';

/** Asks for credentials, and stays open until Rucio has taken them or the user gives up. */
export class SignInDialog extends FocusedDialog<void> {
  constructor(options: SignInDialog.IOptions) {
    const { trans, instance } = options;
    const model = new SignInModel(options);
    const body = new SignInBody(model, options);
    super({
      title: trans.__('Sign in to %1', instance.display_name),
      body,
      focusNodeSelector: FIRST_FIELD,
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.createButton({
          label: trans.__('Test'),
          caption: trans.__('Ask Rucio without signing in'),
          accept: false
        }),
        Dialog.okButton({ label: trans.__('Sign in') })
      ]
    });
    this._model = model;
    this._form = body;
    this.addClass('jp-RucioSignIn-dialog');
    model.changed.connect(this._showButtons, this);
    void model.look();
  }

  override dispose(): void {
    this._model.dispose();
    super.dispose();
  }

  /** Enter and the buttons come here: the dialog closes only once Rucio has said yes. */
  override resolve(index = SIGN_IN): void {
    if (index === SIGN_IN) {
      void this._signIn();
    } else if (index === TEST) {
      void this._model.test(this._form.typed);
    } else {
      super.resolve(index);
    }
  }

  /** Keys in the form belong to what has the focus there; only a field's Enter is the dialog's. */
  protected override _evtKeydown(event: KeyboardEvent): void {
    const { target, key } = event;
    const element = target instanceof Element ? target : null;
    if (element?.closest('.jp-RucioModal')) {
      return;
    }
    const isOwnEnter =
      key === 'Enter' &&
      this._form.node.contains(element) &&
      !(element instanceof HTMLInputElement);
    if (!isOwnEnter) {
      super._evtKeydown(event);
    }
  }

  /** The field that had the keyboard at first may be out of sight by now. */
  protected override _evtFocus(event: FocusEvent): void {
    const { target } = event;
    if (target instanceof Node && !this.node.contains(target)) {
      event.stopPropagation();
      const field = this.node.querySelector<HTMLElement>(FIRST_FIELD);
      (field ?? this.node).focus();
    }
  }

  private async _signIn(): Promise<void> {
    const { typed, remember } = this._form;
    const isDone = await this._model.signIn(typed, remember);
    // The user may have given up meanwhile.
    if (isDone && !this.isDisposed) {
      super.resolve(SIGN_IN);
    }
  }

  /** There is nothing to send where there is no way in. */
  private _showButtons(): void {
    const buttons = this.node.querySelectorAll<HTMLButtonElement>(
      '.jp-Dialog-footer .jp-Dialog-button'
    );
    for (const index of [TEST, SIGN_IN]) {
      const button = buttons[index];
      if (button) {
        button.hidden = this._model.chosen === null;
      }
    }
  }

  private readonly _model: SignInModel;
  private readonly _form: SignInBody;
}

export namespace SignInDialog {
  export interface IOptions extends SignInModel.IOptions {
    api: SignInModel.IOptions['api'] & Pick<IRucioApi, 'folder'>;
    trans: TranslationBundle;
  }
}

/** The indices of the buttons. */
const TEST = 1;
const SIGN_IN = 2;

/** An account is rarely what is missing. */
const FIRST_FIELD = 'form:not([hidden]) input:not([name=account])';

/**
 * The form in the dialog.
 *
 * What is typed lives in the input elements alone, so that no copy of a password is left in a model
 * or in React's state when the dialog is gone.
 */
class SignInBody extends ReactWidget {
  constructor(
    private readonly _model: SignInModel,
    private readonly _options: SignInDialog.IOptions
  ) {
    super();
  }

  /** What is in a field of the way in that is chosen. */
  readonly typed = (field: SignInField): string =>
    this._input(`form:not([hidden]) [name=${field}]`)?.value ?? '';

  /** null where it is not the user's choice. */
  get remember(): boolean | null {
    return this._input('[name=remember]')?.checked ?? null;
  }

  protected render(): JSX.Element {
    const { api, trans } = this._options;
    return (
      <SignInForm
        model={this._model}
        folder={(path, signal) => api.folder(path, signal)}
        trans={trans}
      />
    );
  }

  private _input(selector: string): HTMLInputElement | null {
    return this.node.querySelector<HTMLInputElement>(selector);
  }
}
