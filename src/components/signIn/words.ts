import type { TranslationBundle } from '@jupyterlab/translation';

import type { AuthType, ITestedCredentials } from '../../api/types';
import type { SignInField } from '../../model/signInRequest';
import { momentWords } from '../lifeWords';

/** A way in, as briefly as it can be told from the others. */
export function wayLabel(type: AuthType, trans: TranslationBundle): string {
  switch (type) {
    case 'userpass':
      return trans.__('Name and password');
    case 'x509':
      return trans.__('Certificate');
    case 'x509_proxy':
      return trans.__('Proxy');
    default:
      return trans.__('Single sign-on');
  }
}

export function fieldLabel(
  field: SignInField,
  trans: TranslationBundle
): string {
  switch (field) {
    case 'username':
      return trans.__('User name');
    case 'password':
      return trans.__('Password');
    case 'certificate':
      return trans.__('Certificate file');
    case 'key':
      return trans.__('Key file');
    case 'passphrase':
      return trans.__('Passphrase');
    case 'proxy':
      return trans.__('Proxy file');
    default:
      return trans.__('Rucio account');
  }
}

/** What an empty field means; empty where it must not be. */
export function fieldPlaceholder(
  field: SignInField,
  type: AuthType,
  trans: TranslationBundle
): string {
  switch (field) {
    case 'key':
      return trans.__('in the certificate file');
    case 'passphrase':
      return trans.__('none');
    case 'account':
      return type === 'userpass'
        ? trans.__('as the user name')
        : trans.__('the only one');
    default:
      return '';
  }
}

export function missingWords(
  field: SignInField,
  trans: TranslationBundle
): string {
  switch (field) {
    case 'username':
      return trans.__('The user name is missing.');
    case 'password':
      return trans.__('The password is missing.');
    case 'certificate':
      return trans.__('The certificate file is missing.');
    default:
      return trans.__('The proxy file is missing.');
  }
}

/** What the picker is for. */
export function pickerTitle(
  field: SignInField,
  trans: TranslationBundle
): string {
  switch (field) {
    case 'certificate':
      return trans.__('Choose the certificate file');
    case 'key':
      return trans.__('Choose the key file');
    default:
      return trans.__('Choose the proxy file');
  }
}

/** Whom Rucio takes the credentials for, and until when they can be used. */
export function acceptedWords(
  answer: ITestedCredentials,
  now: number,
  trans: TranslationBundle
): string[] {
  const { account, identity } = answer;
  return [
    account
      ? trans.__('Rucio accepts this for the account %1.', account)
      : trans.__('Rucio accepts this.'),
    identity && identity !== account ? identity : '',
    endWords(answer, now, trans)
  ].filter(Boolean);
}

function endWords(
  answer: ITestedCredentials,
  now: number,
  trans: TranslationBundle
): string {
  if (answer.credentials_expires_at) {
    return trans.__(
      'until %1',
      momentWords(answer.credentials_expires_at, now)
    );
  }
  return answer.expires_at
    ? trans.__(
        'Rucio’s token ends at %1 and is renewed by itself.',
        momentWords(answer.expires_at, now)
      )
    : '';
}
