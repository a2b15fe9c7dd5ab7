import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { availableIcon } from '../../icons';
import type { SignInModel, SignInOutcome } from '../../model/signIn';
import { useNow } from '../ages';
import { RucioSaid } from '../Note';
import { errorText } from '../words';
import { acceptedWords, missingWords } from './words';

/** What came of the last attempt, told also to those who cannot see it. */
export function SignInMessage(props: {
  id: string;
  model: SignInModel;
  trans: TranslationBundle;
}): JSX.Element {
  const { id, model, trans } = props;
  return (
    <div id={id} className="jp-RucioSignIn-message" aria-live="polite">
      {model.isBusy ? (
        <span>{trans.__('Asking Rucio…')}</span>
      ) : (
        model.outcome && <Outcome outcome={model.outcome} trans={trans} />
      )}
    </div>
  );
}

function Outcome(props: {
  outcome: SignInOutcome;
  trans: TranslationBundle;
}): JSX.Element {
  const { outcome, trans } = props;
  const now = useNow();
  switch (outcome.kind) {
    case 'missing':
      return (
        <span data-tone="error">{missingWords(outcome.field, trans)}</span>
      );
    case 'accepted': {
      const [sentence, ...more] = acceptedWords(outcome.answer, now, trans);
      return (
        <>
          <span data-tone="ok">
            <availableIcon.react tag="span" className="jp-RucioIcon" />{' '}
            {sentence}
          </span>
          {more.map(words => (
            <small key={words}>{words}</small>
          ))}
        </>
      );
    }
    default: {
      const { message, hint } = errorText(outcome.error, trans);
      return (
        <>
          <span data-tone="error">
            {message} {hint}
          </span>
          {outcome.error.rucio && (
            <RucioSaid fault={outcome.error.rucio} trans={trans} />
          )}
        </>
      );
    }
  }
}
