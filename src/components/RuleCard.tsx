import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React, { useEffect, useRef, useState } from 'react';

import type { ApiError } from '../api/errors';
import type { IRule } from '../api/types';
import type { IRuleFiles } from '../model/rules';
import { forWords, keptWords, useNow } from './ages';
import { ProgressBar } from './Availability';
import { RucioSaid } from './Note';
import { EndForm, ExtendForm } from './RuleForms';
import { isStuck, ruleWords, ticketText } from './ruleWords';
import { errorText } from './words';

export interface IRuleCardProps {
  rule: IRule;
  trans: TranslationBundle;
  /** Has Rucio try again what is stuck. */
  onRetry: () => void;
  /** Has it end so many days from now; null for never. */
  onExtend: (lifetimeDays: number | null) => void;
  onEnd: () => void;
  busy: boolean;
  /** Why the last of these was refused. */
  error: ApiError | null;
  /** Its stuck files; left out where they have not been asked for. */
  files?: IRuleFiles | null;
  /** Shows the DID whose rule it is, where that is a parent. */
  onOpenDid?: (did: string) => void;
}

/** A rule: how far it is, what keeps it, and what can be done about it. */
export function RuleCard(props: IRuleCardProps): JSX.Element {
  const { rule, trans, busy, error, files } = props;
  const [asks, setAsks] = useState<'extend' | 'end' | null>(null);
  const now = useNow();
  const { word, tone, progress } = ruleWords(rule, now, trans);
  const done = (act: () => void) => () => {
    setAsks(null);
    act();
  };
  return (
    <section
      className="jp-RucioRule"
      data-state={rule.state}
      aria-label={trans.__('Rule to %1', rule.rse_expression)}
      aria-busy={busy || undefined}
    >
      <div className="jp-RucioRule-state" data-tone={tone} role="status">
        {word}
      </div>
      {progress !== null && (
        <ProgressBar
          fraction={progress}
          tone={tone}
          label={trans.__('Progress of the rule to %1', rule.rse_expression)}
        />
      )}
      <Facts {...props} now={now} />
      {rule.error && !isSaidByFiles(rule.error, files) && (
        <div className="jp-RucioRule-reason">
          <span>{trans.__('Rucio’s reason')}</span>
          <code>{rule.error}</code>
        </div>
      )}
      {files && <StuckFiles files={files} now={now} trans={trans} />}
      {error && <Refusal error={error} trans={trans} />}
      {asks === null ? (
        <Actions {...props} onAsk={setAsks} />
      ) : asks === 'extend' ? (
        <ExtendForm
          rule={rule}
          trans={trans}
          onAccept={days => done(() => props.onExtend(days))()}
          onCancel={() => setAsks(null)}
        />
      ) : (
        <EndForm
          rule={rule}
          trans={trans}
          onAccept={done(props.onEnd)}
          onCancel={() => setAsks(null)}
        />
      )}
    </section>
  );
}

function Facts(props: IRuleCardProps & { now: number }): JSX.Element {
  const { rule, trans, now, onOpenDid } = props;
  const { via } = rule;
  return (
    <dl className="jp-RucioRule-facts">
      <dt>{trans.__('To')}</dt>
      <dd>{rule.rse_expression}</dd>
      {via && (
        <>
          <dt>{trans.__('Made for')}</dt>
          <dd>
            {onOpenDid ? (
              <Button className="jp-RucioLink" onClick={() => onOpenDid(via)}>
                {via}
              </Button>
            ) : (
              via
            )}
          </dd>
        </>
      )}
      <dt>{trans.__('By')}</dt>
      <dd>
        {rule.is_mine ? trans.__('%1 (you)', rule.account) : rule.account},{' '}
        {keptWords(rule.expires_at, now, trans)}
      </dd>
      {rule.comment && (
        <>
          <dt>{trans.__('Comment')}</dt>
          <dd>{rule.comment}</dd>
        </>
      )}
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
    </dl>
  );
}

function StuckFiles(props: {
  files: IRuleFiles;
  now: number;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { files, now, trans } = props;
  if (files.state === 'loading' && files.items.length === 0) {
    return <p role="status">{trans.__('Asking which files are stuck…')}</p>;
  }
  if (files.error && files.items.length === 0) {
    return <Refusal error={files.error} trans={trans} />;
  }
  if (files.items.length === 0) {
    return null;
  }
  return (
    <>
      <h3 className="jp-RucioRule-heading">{trans.__('Stuck files')}</h3>
      {/* It scrolls, which the keyboard has to reach too. */}
      <ul
        className="jp-RucioRule-files"
        tabIndex={0}
        aria-label={trans.__('Stuck files')}
      >
        {files.items.map(file => (
          <li key={`${file.did}\n${file.rse}`}>
            <span className="jp-RucioRule-file">{file.did}</span>{' '}
            <span className="jp-RucioRule-since">
              {forWords(file.since, now, trans)}
            </span>
            <code>{file.error ?? trans.__('Rucio gives no reason.')}</code>
          </li>
        ))}
        {files.isCut && <li>{trans.__('There are more.')}</li>}
      </ul>
    </>
  );
}

/** Whether the reason of the rule is that of one of its files, word for word. */
function isSaidByFiles(
  reason: string,
  files: IRuleFiles | null | undefined
): boolean {
  return Boolean(
    files?.items.some(file => file.error && reason.includes(file.error))
  );
}

function Refusal(props: {
  error: ApiError;
  trans: TranslationBundle;
}): JSX.Element {
  const { error, trans } = props;
  const { message, hint } = errorText(error, trans);
  const node = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Browsers that give a promise for it must not have it taken for what undoes the effect.
    void node.current?.scrollIntoView?.({ block: 'nearest' });
  }, []);
  return (
    <div ref={node} className="jp-RucioRule-refusal" role="alert">
      <p>
        {message} {hint}
      </p>
      {error.rucio && <RucioSaid fault={error.rucio} trans={trans} />}
    </div>
  );
}

function Actions(
  props: IRuleCardProps & { onAsk: (what: 'extend' | 'end') => void }
): JSX.Element {
  const { rule, trans, busy, files, onRetry, onAsk } = props;
  const [isCopied, setIsCopied] = useState(false);
  const copy = () => {
    Clipboard.copyToSystem(ticketText(rule, files?.items ?? []));
    setIsCopied(true);
  };
  return (
    <div className="jp-RucioRule-actions">
      {isStuck(rule) && (
        <Button className="jp-RucioButton" disabled={busy} onClick={onRetry}>
          {busy ? trans.__('Asking Rucio…') : trans.__('Try again')}
        </Button>
      )}
      <Button
        className="jp-RucioButton"
        disabled={busy}
        onClick={() => onAsk('extend')}
      >
        {trans.__('Keep longer…')}
      </Button>
      <Button
        className="jp-RucioButton"
        disabled={busy}
        onClick={() => onAsk('end')}
      >
        {trans.__('End…')}
      </Button>
      {isStuck(rule) && (
        <>
          <Button className="jp-RucioButton" onClick={copy}>
            {trans.__('Copy for a ticket')}
          </Button>
          <span role="status">{isCopied && trans.__('Copied.')}</span>
        </>
      )}
    </div>
  );
}
