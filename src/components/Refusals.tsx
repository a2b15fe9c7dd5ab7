import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { ApiError } from '../api/errors';
import { RucioSaid } from './Note';
import { errorText } from './words';

/** A DID with the reason why it was refused. */
export interface IRefusal {
  did: string;
  error: ApiError;
}

/** What Rucio refused of what was asked for, by reason. */
export function Refusals(props: {
  refusals: readonly IRefusal[];
  total: number;
  trans: TranslationBundle;
}): JSX.Element {
  const { refusals, total, trans } = props;
  const reasons = new Map<string, IRefusal[]>();
  for (const refusal of refusals) {
    const { message } = refusal.error;
    reasons.set(message, [...(reasons.get(message) ?? []), refusal]);
  }
  return (
    <div className="jp-RucioReason">
      <p>
        {trans.__('Rucio refused %1 of %2.', refusals.length, total)}{' '}
        {refusals.length < total && trans.__('The others are on their way.')}
      </p>
      {[...reasons.values()].map(same => {
        const { error } = same[0];
        const { message, hint } = errorText(error, trans);
        return (
          <section key={error.message}>
            <p>
              <b>{message}</b> {hint}
            </p>
            <ul
              className="jp-RucioReason-dids"
              tabIndex={0}
              aria-label={trans.__('Refused')}
            >
              {same.map(({ did }) => (
                <li key={did}>{did}</li>
              ))}
            </ul>
            {error.rucio && <RucioSaid fault={error.rucio} trans={trans} />}
          </section>
        );
      })}
    </div>
  );
}
