import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React from 'react';

import type { IPolicy, IWayIn } from '../../api/types';
import {
  fieldsOf,
  fillingOf,
  type SignInField
} from '../../model/signInRequest';
import { Field } from './Field';
import { fieldLabel, fieldPlaceholder } from './words';

export interface IWayFormProps {
  way: IWayIn;
  isChosen: boolean;
  policy: IPolicy;
  isBusy: boolean;
  wrong: SignInField | null;
  messageId: string;
  /** Asks for a file on the server, for a field. */
  onBrowse: (input: HTMLInputElement, field: SignInField) => void;
  /** What was found on the server. */
  children: React.ReactNode;
  trans: TranslationBundle;
}

/** What a browser may fill in; paths and passphrases are none of its business. */
const COMPLETED: Partial<Record<SignInField, string>> = {
  username: 'username',
  password: 'current-password'
};
const SECRETS: ReadonlySet<SignInField> = new Set(['password', 'passphrase']);
const FILES: ReadonlySet<SignInField> = new Set([
  'certificate',
  'key',
  'proxy'
]);

/** What one way in asks for. It stays while another is chosen, with what was typed. */
export function WayForm(props: IWayFormProps): JSX.Element {
  const { way, isChosen, policy, trans, isBusy, wrong, messageId } = props;
  const fields = fieldsOf(way, policy);
  return (
    <form
      className="jp-RucioSignIn-way"
      data-way={way.type}
      hidden={!isChosen}
      onSubmit={event => event.preventDefault()}
    >
      {props.children}
      {fields.map((field, i) => (
        <Field
          key={field}
          name={field}
          label={fieldLabel(field, trans)}
          filling={fillingOf(way, field)}
          type={SECRETS.has(field) ? 'password' : 'text'}
          autoComplete={COMPLETED[field]}
          placeholder={fieldPlaceholder(field, way.type, trans)}
          isFirst={isChosen && i === 0 && fields.length > 1}
          isWrong={isChosen && wrong === field}
          isBusy={isBusy}
          messageId={messageId}
          onFilled={field === 'username' ? goToPassword : undefined}
        >
          {FILES.has(field) && policy.pick_files && (
            <Button
              type="button"
              className="jp-RucioButton"
              aria-label={trans.__('Browse for the %1', nameOf(field, trans))}
              aria-haspopup="dialog"
              onClick={event => {
                const input = event.currentTarget.form?.elements.namedItem(
                  field
                ) as HTMLInputElement;
                props.onBrowse(input, field);
              }}
            >
              {trans.__('Browse…')}
            </Button>
          )}
        </Field>
      ))}
    </form>
  );
}

function nameOf(field: SignInField, trans: TranslationBundle): string {
  return fieldLabel(field, trans).toLocaleLowerCase();
}

/** The user name is known: what is left to type is the password. */
function goToPassword(username: HTMLInputElement): void {
  if (username === document.activeElement) {
    username.form?.querySelector<HTMLInputElement>('[name=password]')?.focus();
  }
}
