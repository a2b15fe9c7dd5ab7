import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React, { useEffect, useState } from 'react';

import type { IErrorBody, IRucioFault } from '../api/types';
import { useScrollStop } from './scrolling';

export interface INoteButtonProps {
  label: string;
  run: () => void;
}

export interface INoteProps {
  /** One sentence: what it is. */
  title: string;
  /** What it means and what to do. */
  text?: string;
  tone: 'info' | 'warn' | 'error';
  action?: INoteButtonProps;
  /** What else may help. */
  more?: INoteButtonProps[];
  /** Keys of the configuration that are wrong. */
  details?: IErrorBody['details'];
  /** What Rucio itself said, to unfold. */
  rucio?: IRucioFault | null;
  /** Copies it as text for a ticket. */
  onCopy?: () => void;
  trans: TranslationBundle;
}

/** Something in the way, with the one button that helps. */
export function Note(props: INoteProps): JSX.Element {
  const { title, text, tone, details = [], rucio, trans } = props;
  return (
    <div
      className="jp-RucioNote"
      data-tone={tone}
      role={tone === 'error' ? 'alert' : 'status'}
    >
      <div className="jp-RucioNote-title">{title}</div>
      {details.length > 0 && (
        <dl className="jp-RucioNote-details">
          {details.map(({ key, reason }) => (
            <div key={`${key} ${reason}`}>
              <dt>{key}</dt>
              <dd>{reason}</dd>
            </div>
          ))}
        </dl>
      )}
      {text && <div className="jp-RucioNote-text">{text}</div>}
      {rucio && <RucioSaid fault={rucio} trans={trans} />}
      <Buttons {...props} />
    </div>
  );
}

function Buttons(props: INoteProps): JSX.Element | null {
  const { action, more = [], onCopy, trans } = props;
  if (!action && more.length === 0 && !onCopy) {
    return null;
  }
  return (
    <div className="jp-RucioNote-buttons">
      {action && (
        <Button className="jp-RucioButton jp-mod-primary" onClick={action.run}>
          {action.label}
        </Button>
      )}
      {more.map(({ label, run }) => (
        <Button key={label} className="jp-RucioLink" onClick={run}>
          {label}
        </Button>
      ))}
      {onCopy && <CopyForTicket onCopy={onCopy} trans={trans} />}
    </div>
  );
}

/** How long it is shown that something was copied. */
const SHOWN_MS = 3000;

function CopyForTicket(props: {
  onCopy: () => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { onCopy, trans } = props;
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) {
      return;
    }
    const timer = window.setTimeout(() => setCopied(false), SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [isCopied]);
  return (
    <>
      <Button
        className="jp-RucioLink"
        onClick={() => {
          onCopy();
          setCopied(true);
        }}
      >
        {trans.__('Copy for a ticket')}
      </Button>
      <span className="jp-RucioNote-copied" role="status">
        {isCopied ? trans.__('Copied') : ''}
      </span>
    </>
  );
}

/** The words of Rucio, for whoever wants to know or has to ask its operators. */
export function RucioSaid(props: {
  fault: IRucioFault | string;
  trans: TranslationBundle;
}): JSX.Element {
  const { fault, trans } = props;
  const stop = useScrollStop<HTMLElement>();
  return (
    <details className="jp-RucioSaid">
      <summary>{trans.__('What Rucio said')}</summary>
      <code {...stop}>
        {typeof fault === 'string'
          ? fault
          : `${fault.exception_class}: ${fault.exception_message}`}
      </code>
    </details>
  );
}
