import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect } from 'react';

import type { RulesModel } from '../model/rules';
import type { IAvailabilityModel } from '../tokens';
import { asOfWords, useNow } from './ages';
import { RucioSaid } from './Note';
import { RuleCard } from './RuleCard';
import { useSignal } from './signals';
import { useStuckFiles } from './stuckFiles';
import { errorText, stateWords } from './words';

export interface IReasonProps {
  did: string;
  instance: string;
  availability: IAvailabilityModel;
  rules: RulesModel;
  /** Whether available means downloaded to the server's disk. */
  isDownload?: boolean;
  trans: TranslationBundle;
}

/** Why a DID is not available, in full, and what can be done; kept true while it is read. */
export function Reason(props: IReasonProps): JSX.Element {
  const { did, instance, availability, rules, trans } = props;
  useSignal(availability.changed);
  useSignal(rules.changed);
  useEffect(() => {
    const watch = availability.watch(instance, [did]);
    return () => watch.dispose();
  }, [availability, instance, did]);
  const entry = availability.entry(instance, did);
  const rule = entry?.value?.rule ?? null;
  const files = useStuckFiles(rules, instance, rule);

  const now = useNow();
  const value = entry?.value;
  const error = entry?.error ?? null;
  const { word } = stateWords(entry, trans, undefined, props.isDownload);
  return (
    <div className="jp-RucioReason">
      <p>
        <code>{did}</code>
      </p>
      <p>
        <b>{word}</b>{' '}
        {value && <small>{asOfWords(value.updated_at, now, trans)}</small>}
      </p>
      {error && <Said error={error} trans={trans} />}
      {!error && value?.message && <p>{value.message}</p>}
      {!error && value?.state === 'stuck' && (
        <p>
          {trans.__(
            'Rucio tries a stuck rule again by itself from time to time. If it stays, ask those who run the site or your Rucio, and give them the text for a ticket.'
          )}
        </p>
      )}
      {rule && (
        <RuleCard
          rule={rule}
          trans={trans}
          busy={rules.isBusy(rule.id)}
          error={rules.error(rule.id)}
          files={files}
          onRetry={() => void rules.retry(instance, rule.id)}
          onExtend={days => void rules.extend(instance, rule.id, days)}
          onEnd={() => void rules.end(instance, rule.id)}
        />
      )}
    </div>
  );
}

function Said(props: {
  error: NonNullable<ReturnType<IAvailabilityModel['entry']>>['error'];
  trans: TranslationBundle;
}): JSX.Element | null {
  const { error, trans } = props;
  if (error === null) {
    return null;
  }
  const { message, hint } = errorText(error, trans);
  return (
    <>
      <p>{message}</p>
      {hint && <p>{hint}</p>}
      {error.rucio && <RucioSaid fault={error.rucio} trans={trans} />}
    </>
  );
}
