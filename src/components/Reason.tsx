import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IAvailabilityEntry } from '../tokens';
import { RucioSaid } from './Note';
import { errorText, stateWords } from './words';

export interface IReasonProps {
  did: string;
  entry: IAvailabilityEntry | undefined;
  trans: TranslationBundle;
}

/** Why a DID is not available, in full, and what can be done. */
export function Reason(props: IReasonProps): JSX.Element {
  const { did, entry, trans } = props;
  const value = entry?.value;
  const rule = value?.rule ?? null;
  const refusal = entry?.error ? errorText(entry.error, trans) : null;
  return (
    <div className="jp-RucioReason">
      <p>
        <code>{did}</code>
      </p>
      <p>
        {refusal
          ? refusal.message
          : (value?.message ?? stateWords(entry, trans).word)}
      </p>
      {refusal?.hint && <p>{refusal.hint}</p>}
      {entry?.error?.rucio && (
        <RucioSaid fault={entry.error.rucio} trans={trans} />
      )}
      {!refusal && value?.state === 'stuck' && (
        <p>
          {trans.__(
            'Rucio tries a stuck rule again by itself from time to time. If it stays, ask those who run the site or your Rucio, and tell them the rule.'
          )}
        </p>
      )}
      {rule && (
        <dl>
          <dt>{trans.__('Rule')}</dt>
          <dd>
            {rule.url ? (
              <a href={rule.url} target="_blank" rel="noreferrer">
                {rule.id}
              </a>
            ) : (
              <code>{rule.id}</code>
            )}
          </dd>
          {rule.via && (
            <>
              <dt>{trans.__('Made for')}</dt>
              <dd>{rule.via}</dd>
            </>
          )}
          <dt>{trans.__('To')}</dt>
          <dd>{rule.rse_expression}</dd>
          <dt>{trans.__('By')}</dt>
          <dd>{rule.account}</dd>
          <dt>{trans.__('Files')}</dt>
          <dd>
            {trans.__(
              '%1 there, %2 on their way, %3 stuck',
              rule.locks_ok,
              rule.locks_replicating,
              rule.locks_stuck
            )}
          </dd>
        </dl>
      )}
      {rule?.error && <RucioSaid fault={rule.error} trans={trans} />}
    </div>
  );
}
