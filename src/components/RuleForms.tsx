import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React, { useState } from 'react';

import type { IRule } from '../api/types';
import { readDays } from '../model/days';

const DEFAULT_DAYS = 30;

interface IFormProps {
  rule: IRule;
  trans: TranslationBundle;
  onCancel: () => void;
}

/** Asks for how long a rule is to be kept from now on. */
export function ExtendForm(
  props: IFormProps & { onAccept: (lifetimeDays: number | null) => void }
): JSX.Element {
  const { rule, trans, onAccept, onCancel } = props;
  const [text, setText] = useState(String(DEFAULT_DAYS));
  const [isForEver, setIsForEver] = useState(false);
  const days = readDays(text);
  return (
    <form
      className="jp-RucioRule-form"
      onSubmit={event => {
        event.preventDefault();
        if (isForEver || days !== null) {
          onAccept(isForEver ? null : days);
        }
      }}
    >
      <label>
        {trans.__('Days from now')}{' '}
        <input
          className="jp-mod-styled"
          autoFocus
          inputMode="decimal"
          value={text}
          disabled={isForEver}
          aria-invalid={!isForEver && days === null}
          onChange={event => setText(event.target.value)}
        />
      </label>
      <label>
        <input
          type="checkbox"
          checked={isForEver}
          onChange={event => setIsForEver(event.target.checked)}
        />{' '}
        {trans.__('for ever')}
      </label>
      <NotMine rule={rule} trans={trans} />
      <div className="jp-RucioRule-actions">
        <Button
          type="submit"
          className="jp-RucioButton jp-mod-primary"
          disabled={!isForEver && days === null}
        >
          {trans.__('Keep')}
        </Button>
        <Button type="button" className="jp-RucioButton" onClick={onCancel}>
          {trans.__('Cancel')}
        </Button>
      </div>
    </form>
  );
}

/** Says what ending a rule means, and asks whether that is meant. */
export function EndForm(
  props: IFormProps & { onAccept: () => void }
): JSX.Element {
  const { rule, trans, onAccept, onCancel } = props;
  return (
    <div className="jp-RucioRule-form">
      <p>
        {trans.__(
          'Rucio may then remove the copy at %1, unless another rule keeps it. Notebooks that read it there will not find it any more.',
          rule.rse_expression
        )}
      </p>
      {rule.via && (
        <p>
          {trans.__(
            'The rule was made for %1 and ends for all that is in it.',
            rule.via
          )}
        </p>
      )}
      <NotMine rule={rule} trans={trans} />
      <div className="jp-RucioRule-actions">
        <Button
          className="jp-RucioButton jp-mod-primary"
          autoFocus
          onClick={onAccept}
        >
          {trans.__('End the rule')}
        </Button>
        <Button className="jp-RucioButton" onClick={onCancel}>
          {trans.__('Cancel')}
        </Button>
      </div>
    </div>
  );
}

function NotMine(props: {
  rule: IRule;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { rule, trans } = props;
  return rule.is_mine ? null : (
    <p>
      {trans.__(
        'The rule belongs to %1; Rucio will refuse unless you may act for others.',
        rule.account
      )}
    </p>
  );
}
