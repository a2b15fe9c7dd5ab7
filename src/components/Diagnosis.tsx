import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { ICheck, IDiagnosis } from '../api/types';
import type { Section } from '../model/section';
import { severityWords, summaryWords } from './diagnosisWords';
import { momentWords } from './lifeWords';
import { useSignal } from './signals';
import { errorText } from './words';

export interface IDiagnosisProps {
  diagnosis: Section<IDiagnosis>;
  /** What was done with the report, or nothing. */
  said: string;
  trans: TranslationBundle;
}

/** What was looked at between here and the data, and what to do where something is wrong. */
export function Diagnosis(props: IDiagnosisProps): JSX.Element {
  const { diagnosis, said, trans } = props;
  useSignal(diagnosis.changed);
  const { state, value } = diagnosis;
  const isRunning = state === 'loading' || state === 'idle';
  return (
    <div className="jp-RucioDiagnosis" aria-busy={isRunning}>
      <div className="jp-RucioDiagnosis-summary" aria-live="polite">
        {isRunning ? (
          <Progress isFirst={value === undefined} trans={trans} />
        ) : (
          <Outcome {...props} />
        )}
      </div>
      {value && (
        <ol
          className="jp-RucioDiagnosis-checks"
          aria-label={trans.__('What was looked at')}
          // The dialog scrolls, which takes something that can have the keyboard.
          tabIndex={0}
          data-old={state !== 'ready'}
        >
          {value.checks.map(check => (
            <Check key={check.name} check={check} trans={trans} />
          ))}
        </ol>
      )}
      <div className="jp-RucioDiagnosis-said" role="status">
        {said}
      </div>
    </div>
  );
}

function Progress(props: {
  isFirst: boolean;
  trans: TranslationBundle;
}): JSX.Element {
  const { isFirst, trans } = props;
  return (
    <>
      <p>
        {isFirst
          ? trans.__(
              'Looking at everything between here and the data. That takes some seconds.'
            )
          : trans.__('Looking again. Below is what was seen before.')}
      </p>
      <div
        className="jp-RucioDiagnosis-progress"
        role="progressbar"
        aria-label={trans.__('Looking')}
      >
        <div />
      </div>
    </>
  );
}

/** What came of it in a sentence, or why nothing did. */
function Outcome(props: IDiagnosisProps): JSX.Element | null {
  const { diagnosis, trans } = props;
  const { value, error } = diagnosis;
  if (error) {
    const { message, hint } = errorText(error, trans);
    return (
      <>
        <p data-tone="error">
          {message} {hint}
        </p>
        {value && <p>{trans.__('Below is what was seen before.')}</p>}
      </>
    );
  }
  if (!value) {
    return null;
  }
  const { text, tone } = summaryWords(value.checks, trans);
  return (
    <p data-tone={tone}>
      <b>{text}</b>{' '}
      <small>
        {trans.__('As of %1', momentWords(value.checked_at, Date.now()))}
      </small>
    </p>
  );
}

function Check(props: {
  check: ICheck;
  trans: TranslationBundle;
}): JSX.Element {
  const { check, trans } = props;
  const { icon, word, tone } = severityWords(check.severity, trans);
  const Icon = icon;
  return (
    <li data-check={check.name} data-tone={tone}>
      <span className="jp-RucioDiagnosis-word">
        <Icon.react tag="span" className="jp-RucioIcon" aria-hidden="true" />
        {word}
      </span>
      <div className="jp-RucioDiagnosis-text">
        <div className="jp-RucioDiagnosis-title">{check.title}</div>
        <div>{check.message}</div>
        {check.hint && (
          <div className="jp-RucioDiagnosis-hint">{check.hint}</div>
        )}
      </div>
    </li>
  );
}
