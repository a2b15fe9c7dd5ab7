import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';

import type { AuthType, IInstance } from '../api/types';
import {
  availableIcon,
  clockIcon,
  signedOutIcon,
  stuckIcon,
  unreachableIcon
} from '../icons';
import { isEndingSoon } from '../model/expiry';
import type { Connection } from '../tokens';
import { momentWords } from './lifeWords';
import type { Tone } from './words';

/** How an instance stands, in the words and the picture of the header. */
export interface IConnectionWords {
  icon: LabIcon;
  word: string;
  tone: Tone;
  /** Whether all is well, so that the account says more than the word. */
  isWell: boolean;
}

export function connectionWords(
  connection: Connection,
  instance: IInstance,
  now: number,
  trans: TranslationBundle
): IConnectionWords {
  switch (connection) {
    case 'connected': {
      const end = instance.credentials_expires_at;
      return end !== null && isEndingSoon(instance, now)
        ? {
            icon: clockIcon,
            word: trans.__('Ends %1', momentWords(end, now)),
            tone: 'warn',
            isWell: false
          }
        : {
            icon: availableIcon,
            word: trans.__('Connected'),
            tone: 'ok',
            isWell: true
          };
    }
    case 'expired':
      return inTrouble(clockIcon, trans.__('Expired'), 'error');
    case 'signed-out':
      return inTrouble(signedOutIcon, trans.__('Not signed in'), 'warn');
    case 'unreachable':
      return inTrouble(unreachableIcon, trans.__('Unreachable'), 'error');
    case 'slow':
      return inTrouble(clockIcon, trans.__('Slow'), 'warn');
    case 'misconfigured':
      return inTrouble(stuckIcon, trans.__('Not configured'), 'error');
  }
}

function inTrouble(icon: LabIcon, word: string, tone: Tone): IConnectionWords {
  return { icon, word, tone, isWell: false };
}

/**
 * Whose account it is, by which way in, and until when: a line each.
 *
 * Times are said as such and not as durations, which would not stay true.
 */
export function credentialLines(
  instance: IInstance,
  now: number,
  trans: TranslationBundle
): string[] {
  const { account, identity, auth_type, token_expires_at } = instance;
  const lines: string[] = [];
  if (account !== null) {
    lines.push(trans.__('Rucio account: %1', account));
  }
  if (identity !== null && identity !== account) {
    lines.push(trans.__('Identity: %1', identity));
  }
  if (!instance.authenticated) {
    return lines;
  }
  lines.push(wayWords(instance, trans));
  const end = instance.credentials_expires_at;
  if (end !== null) {
    lines.push(endWords(auth_type, momentWords(end, now), trans));
  }
  // Where a token is all there is, it is the one that was spoken of.
  if (auth_type !== 'oidc' && token_expires_at !== null) {
    lines.push(
      trans.__(
        'Rucio’s own token: until %1, then renewed by itself',
        momentWords(token_expires_at, now)
      )
    );
  }
  return lines;
}

/** With what one is signed in, and where that is kept. */
function wayWords(instance: IInstance, trans: TranslationBundle): string {
  const way = wayName(instance.auth_type, trans);
  switch (instance.credentials_source) {
    case 'provided':
      return trans.__('Signed in with %1, provided by the server', way);
    case 'memory':
      return trans.__('Signed in with %1, until the server ends', way);
    default:
      return trans.__('Signed in with %1', way);
  }
}

function wayName(type: AuthType, trans: TranslationBundle): string {
  switch (type) {
    case 'userpass':
      return trans.__('a user name and a password');
    case 'x509':
      return trans.__('a certificate');
    case 'x509_proxy':
      return trans.__('a proxy certificate');
    case 'oidc':
      return trans.__('a token');
  }
}

function endWords(
  type: AuthType,
  moment: string,
  trans: TranslationBundle
): string {
  switch (type) {
    case 'x509':
      return trans.__('The certificate is valid until %1', moment);
    case 'x509_proxy':
      return trans.__('The proxy is valid until %1', moment);
    case 'oidc':
      return trans.__('The token is valid until %1', moment);
    default:
      return trans.__('Valid until %1', moment);
  }
}
