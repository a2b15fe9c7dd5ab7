import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { ApiError } from '../api/errors';
import { RucioSaid } from './Note';
import { errorText } from './words';

export interface ISignInFields {
  username: string;
  password: string;
  account: string;
}

export interface ISignInFormProps {
  instanceName: string;
  /** Whether this instance takes a user name and a password at all. */
  isPossible: boolean;
  isBusy: boolean;
  error: ApiError | null;
  /** The field that was left empty and must not be. */
  missing: keyof ISignInFields | null;
  defaults: { username: string; account: string };
  trans: TranslationBundle;
}

/** User name, password and account. The fields keep their own values. */
export function SignInForm(props: ISignInFormProps): JSX.Element {
  const { trans, isBusy, missing, defaults } = props;
  if (!props.isPossible) {
    return (
      <p>
        {trans.__(
          '%1 does not take a user name and a password. It has to be signed in to where Jupyter is configured.',
          props.instanceName
        )}
      </p>
    );
  }
  return (
    <div className="jp-RucioSignIn">
      <label>
        <span>{trans.__('User name')}</span>
        <input
          className="jp-mod-styled"
          name="username"
          type="text"
          autoFocus={defaults.username === ''}
          autoComplete="username"
          autoCapitalize="off"
          spellCheck={false}
          defaultValue={defaults.username}
          aria-invalid={missing === 'username'}
          readOnly={isBusy}
        />
      </label>
      <label>
        <span>{trans.__('Password')}</span>
        <input
          className="jp-mod-styled"
          name="password"
          type="password"
          autoFocus={defaults.username !== ''}
          autoComplete="current-password"
          aria-invalid={missing === 'password'}
          readOnly={isBusy}
        />
      </label>
      <label>
        <span>{trans.__('Rucio account')}</span>
        <input
          className="jp-mod-styled"
          name="account"
          type="text"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          defaultValue={defaults.account}
          placeholder={trans.__('as the user name')}
          readOnly={isBusy}
        />
      </label>
      <div className="jp-RucioSignIn-message" aria-live="polite">
        <Message {...props} />
      </div>
    </div>
  );
}

function Message(props: ISignInFormProps): JSX.Element | null {
  const { trans, isBusy, error, missing } = props;
  if (isBusy) {
    return <span>{trans.__('Asking Rucio…')}</span>;
  }
  if (missing !== null) {
    return (
      <span data-tone="error">
        {missing === 'username'
          ? trans.__('The user name is missing.')
          : trans.__('The password is missing.')}
      </span>
    );
  }
  if (error === null) {
    return null;
  }
  const { message, hint } = errorText(error, trans);
  return (
    <>
      <span data-tone="error">
        {message} {hint}
      </span>
      {error.rucio && <RucioSaid fault={error.rucio} trans={trans} />}
    </>
  );
}
