import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React from 'react';

import type { IRucioFault } from '../api/types';

export interface INoteProps {
  /** One sentence: what it is. */
  title: string;
  /** What it means and what to do. */
  text?: string;
  tone: 'info' | 'warn' | 'error';
  action?: { label: string; run: () => void };
  /** What Rucio itself said, to unfold. */
  rucio?: IRucioFault | null;
  trans: TranslationBundle;
}

/** Something in the way, with the one button that helps. */
export function Note(props: INoteProps): JSX.Element {
  const { title, text, tone, action, rucio, trans } = props;
  return (
    <div
      className="jp-RucioNote"
      data-tone={tone}
      role={tone === 'error' ? 'alert' : 'status'}
    >
      <div className="jp-RucioNote-title">{title}</div>
      {text && <div className="jp-RucioNote-text">{text}</div>}
      {rucio && <RucioSaid fault={rucio} trans={trans} />}
      {action && (
        <Button className="jp-RucioButton jp-mod-primary" onClick={action.run}>
          {action.label}
        </Button>
      )}
    </div>
  );
}

/** The words of Rucio, for whoever wants to know or has to ask its operators. */
export function RucioSaid(props: {
  fault: IRucioFault | string;
  trans: TranslationBundle;
}): JSX.Element {
  const { fault, trans } = props;
  return (
    <details className="jp-RucioSaid">
      <summary>{trans.__('What Rucio said')}</summary>
      <code>
        {typeof fault === 'string'
          ? fault
          : `${fault.exception_class}: ${fault.exception_message}`}
      </code>
    </details>
  );
}
