import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IRuleTransfer } from '../../model/transfers';
import { keptWords, useNow } from '../ages';
import { formatCount } from '../format';

/** What is to be known of a replication. */
export function RuleDetails(props: {
  rule: IRuleTransfer;
  trans: TranslationBundle;
}): JSX.Element {
  const { rule, trans } = props;
  const now = useNow();
  const { value } = rule;
  const facts: [string, React.ReactNode][] = [
    [trans.__('To'), value.rse],
    [trans.__('Files'), filesWords(rule, trans)],
    [
      trans.__('Kept'),
      value.rule && keptWords(value.rule.expires_at, now, trans)
    ],
    [trans.__('Rule'), value.rule && <RuleLink {...value.rule} />]
  ];
  return (
    <div className="jp-RucioTransferDetails">
      <dl>
        {facts.map(
          ([name, fact]) =>
            fact && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{fact}</dd>
              </div>
            )
        )}
      </dl>
    </div>
  );
}

function RuleLink(props: { id: string; url: string | null }): JSX.Element {
  return props.url ? (
    <a href={props.url} target="_blank" rel="noopener noreferrer">
      {props.id}
    </a>
  ) : (
    <code>{props.id}</code>
  );
}

function filesWords(
  { value }: IRuleTransfer,
  trans: TranslationBundle
): string | null {
  const { files_total, files_available, files_stuck } = value;
  if (files_total === null || files_available === null) {
    return null;
  }
  const there = trans.__(
    '%1 of %2 there',
    formatCount(files_available),
    formatCount(files_total)
  );
  return files_stuck
    ? trans.__('%1, %2 stuck', there, formatCount(files_stuck))
    : there;
}
