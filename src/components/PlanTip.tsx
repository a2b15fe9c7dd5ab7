import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { concernsOf } from '../model/concerns';
import type { IPlanEntry } from '../model/plan';
import {
  amountWords,
  concernWords,
  placeName,
  presenceWords,
  quotaWords,
  sourceWords
} from './planWords';
import { errorText } from './words';

/** What making a DID available would mean, in a few lines. */
export function PlanTip(props: {
  entry: IPlanEntry | undefined;
  trans: TranslationBundle;
}): JSX.Element {
  const { entry, trans } = props;
  if (entry === undefined || entry.state === 'loading') {
    return <p>{trans.__('Asking Rucio what it would mean…')}</p>;
  }
  if (entry.state === 'failed') {
    return (
      <p>
        {trans.__('What it would mean is not known:')}{' '}
        {errorText(entry.error, trans).message}
      </p>
    );
  }
  const plan = entry.value;
  return (
    <>
      <p>
        <b>{amountWords(plan.files, plan.bytes, trans)}</b>
      </p>
      {plan.places.map(place => (
        <p key={place.rse}>
          {trans.__('To %1:', placeName(place, trans))}{' '}
          {[presenceWords(place, plan, trans), quotaWords(place, trans)]
            .filter(Boolean)
            .join('; ')}
        </p>
      ))}
      <p>{sourceWords(plan, trans)}</p>
      {plan.places.length === 1 &&
        concernsOf(plan, plan.places[0], 0)
          .filter(concern => concern !== 'no-source')
          .map(concern => (
            <p key={concern} data-tone="warn">
              {concernWords(concern, plan, plan.places[0], trans)}
            </p>
          ))}
      {plan.message && <p>{plan.message}</p>}
    </>
  );
}
