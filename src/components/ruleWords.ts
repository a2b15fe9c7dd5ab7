import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRule, IRuleFile } from '../api/types';
import { forWords } from './ages';
import { formatCount } from './format';
import type { Tone } from './words';

/** The state of a rule in words. */
export interface IRuleWords {
  word: string;
  tone: Tone;
  /** From 0 to 1; null where there is nothing to come. */
  progress: number | null;
}

export function ruleWords(
  rule: IRule,
  now: number,
  trans: TranslationBundle
): IRuleWords {
  const all = rule.locks_ok + rule.locks_replicating + rule.locks_stuck;
  const progress = all > 0 ? rule.locks_ok / all : null;
  const files = trans.__(
    '%1 of %2 files',
    formatCount(rule.locks_ok),
    formatCount(all)
  );
  switch (rule.state) {
    case 'OK':
      return {
        word: trans._n(
          'Complete, %2 file',
          'Complete, %2 files',
          all,
          formatCount(all)
        ),
        tone: 'ok',
        progress: null
      };
    case 'REPLICATING':
      return {
        word: trans.__('On its way, %1', files),
        tone: 'plain',
        progress
      };
    case 'STUCK':
    case 'SUSPENDED': {
      const since = forWords(rule.stuck_since, now, trans);
      const word =
        rule.state === 'STUCK' ? trans.__('Stuck') : trans.__('Suspended');
      return {
        word: [since ? `${word} ${since}` : word, files].join(', '),
        tone: 'error',
        progress
      };
    }
    case 'INJECT':
      return {
        word: trans.__('Being made by Rucio'),
        tone: 'plain',
        progress: null
      };
    case 'WAITING_APPROVAL':
      return {
        word: trans.__('Waiting for approval'),
        tone: 'warn',
        progress: null
      };
    default:
      return { word: rule.state, tone: 'plain', progress };
  }
}

export function isStuck(rule: IRule): boolean {
  return rule.state === 'STUCK' || rule.state === 'SUSPENDED';
}

/** All that those who run a site need to look into a rule, as text for a ticket. */
export function ticketText(rule: IRule, files: readonly IRuleFile[]): string {
  const lines = [
    `Rucio rule: ${rule.id}`,
    ...(rule.url ? [`Web: ${rule.url}`] : []),
    `DID: ${rule.via ?? rule.did}`,
    `RSE: ${rule.rse_expression}`,
    `Account: ${rule.account}`,
    `State: ${rule.state}${rule.stuck_since ? ` since ${rule.stuck_since}` : ''}`,
    `Locks: ${rule.locks_ok} OK, ${rule.locks_replicating} replicating, ${rule.locks_stuck} stuck`,
    ...(rule.error ? [`Reason: ${rule.error}`] : []),
    ...(files.length > 0 ? ['Files:'] : []),
    ...files.map(file =>
      [
        `  ${file.did}`,
        file.error ?? file.state,
        ...(file.since ? [`since ${file.since}`] : [])
      ].join(' | ')
    )
  ];
  return lines.join('\n');
}
