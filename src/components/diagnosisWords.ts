import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';

import type { ICheck } from '../api/types';
import {
  availableIcon,
  skippedIcon,
  stuckIcon,
  unreachableIcon
} from '../icons';
import type { Tone } from './words';

/** What came of a check, in a word and a picture. */
export interface ISeverityWords {
  icon: LabIcon;
  word: string;
  tone: Tone;
}

export function severityWords(
  severity: ICheck['severity'],
  trans: TranslationBundle
): ISeverityWords {
  switch (severity) {
    case 'ok':
      return { icon: availableIcon, word: trans.__('OK'), tone: 'ok' };
    case 'warning':
      return { icon: stuckIcon, word: trans.__('Warning'), tone: 'warn' };
    case 'error':
      return { icon: unreachableIcon, word: trans.__('Wrong'), tone: 'error' };
    case 'skipped':
      return {
        icon: skippedIcon,
        word: trans.__('Skipped'),
        tone: 'plain'
      };
  }
}

/** All of the checks in a sentence. */
export function summaryWords(
  checks: readonly ICheck[],
  trans: TranslationBundle
): { text: string; tone: Tone } {
  // Titles say how it should be: “TLS trusted”.
  const titles = (severity: ICheck['severity']) =>
    checks
      .filter(check => check.severity === severity)
      .map(({ title }) => trans.__('“%1”', title));
  const wrong = titles('error');
  const doubtful = titles('warning');
  const words: string[] = [];
  if (wrong.length > 0) {
    words.push(
      trans._n(
        'One thing is not in order: %2.',
        '%1 things are not in order: %2.',
        wrong.length,
        wrong.join(', ')
      )
    );
  }
  if (doubtful.length > 0) {
    words.push(
      trans._n(
        'One warning: %2.',
        '%1 warnings: %2.',
        doubtful.length,
        doubtful.join(', ')
      )
    );
  }
  if (words.length === 0) {
    return { text: trans.__('Nothing is wrong.'), tone: 'ok' };
  }
  return { text: words.join(' '), tone: wrong.length > 0 ? 'error' : 'warn' };
}
