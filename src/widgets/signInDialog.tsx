import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { ApiError, asApiError } from '../api/errors';
import type { ICredentialsRequest, IInstance } from '../api/types';
import { SignInForm, type ISignInFields } from '../components/SignInForm';
import { FocusedDialog } from './focusedDialog';

/** Asks for credentials, and stays open until Rucio has taken them or the user gives up. */
export class SignInDialog extends FocusedDialog<void> {
  constructor(options: SignInDialog.IOptions) {
    const { trans, instance } = options;
    const body = new SignInBody(options);
    const isPossible = instance.auth_types.includes(USERPASS);
    super({
      title: trans.__('Sign in to %1', instance.display_name),
      body,
      focusNodeSelector: options.username ? '[name="password"]' : 'input',
      buttons: isPossible
        ? [
            Dialog.cancelButton({ label: trans.__('Cancel') }),
            Dialog.okButton({ label: trans.__('Sign in') })
          ]
        : [Dialog.okButton({ label: trans.__('Close') })]
    });
    this._form = body;
    this._signIn = options.signIn;
    this._isPossible = isPossible;
    this.addClass('jp-RucioSignIn-dialog');
  }

  /** Enter and the button come here: the dialog closes only once Rucio has said yes. */
  override resolve(index = ACCEPT): void {
    if (!this._isPossible || index !== ACCEPT) {
      super.resolve(index);
      return;
    }
    void this._try();
  }

  private async _try(): Promise<void> {
    if (this._form.isBusy) {
      return;
    }
    const request = this._form.request();
    if (request === null) {
      return;
    }
    this._form.tell(true, null);
    try {
      await this._signIn(request);
    } catch (reason) {
      // The user may have given up meanwhile.
      if (!this.isDisposed) {
        this._form.tell(false, asApiError(reason));
      }
      return;
    }
    super.resolve(ACCEPT);
  }

  private readonly _form: SignInBody;
  private readonly _signIn: SignInDialog.IOptions['signIn'];
  private readonly _isPossible: boolean;
}

export namespace SignInDialog {
  export interface IOptions {
    instance: IInstance;
    /** The user name of before, where the server knows it. */
    username?: string;
    /** Tries the credentials; rejects with what Rucio said. */
    signIn: (request: ICredentialsRequest) => Promise<void>;
    trans: TranslationBundle;
  }
}

const USERPASS = 'userpass';

/** The index of the button that signs in. */
const ACCEPT = 1;

/**
 * The form in the dialog.
 *
 * What is typed lives in the input elements alone, so that no copy of a password is left in a model
 * or in React's state when the dialog is gone.
 */
class SignInBody extends ReactWidget {
  constructor(options: SignInDialog.IOptions) {
    super();
    this._options = options;
  }

  isBusy = false;

  /** What is to be sent; null when something is missing, which is then said and has the focus. */
  request(): ICredentialsRequest | null {
    const value = (name: keyof ISignInFields) =>
      this.node.querySelector<HTMLInputElement>(`input[name="${name}"]`)
        ?.value ?? '';
    const username = value('username').trim();
    const password = value('password');
    const missing =
      username === '' ? 'username' : password === '' ? 'password' : null;
    this._missing = missing;
    if (missing !== null) {
      this.tell(false, null);
      this.node
        .querySelector<HTMLInputElement>(`input[name="${missing}"]`)
        ?.focus();
      return null;
    }
    return {
      type: USERPASS,
      params: {
        username,
        password,
        account: value('account').trim() || username
      }
    };
  }

  tell(isBusy: boolean, error: ApiError | null): void {
    this.isBusy = isBusy;
    this._error = error;
    this.update();
  }

  protected render(): JSX.Element {
    const { instance, trans, username } = this._options;
    return (
      <SignInForm
        instanceName={instance.display_name}
        isPossible={instance.auth_types.includes(USERPASS)}
        isBusy={this.isBusy}
        error={this._error}
        missing={this._missing}
        defaults={{ username: username ?? '', account: '' }}
        trans={trans}
      />
    );
  }

  private readonly _options: SignInDialog.IOptions;
  private _error: ApiError | null = null;
  private _missing: keyof ISignInFields | null = null;
}
