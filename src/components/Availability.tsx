import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IAvailabilityEntry } from '../tokens';
import { stateWords } from './words';

export interface IAvailabilityProps {
  entry: IAvailabilityEntry | undefined;
  trans: TranslationBundle;
  /** Whether the icon alone has to do where everything is well; the word is then its label. */
  isBrief?: boolean;
}

/** An availability: an icon and a word, and as much of the reason as fits. */
export function Availability(props: IAvailabilityProps): JSX.Element {
  const { entry, trans, isBrief = false } = props;
  const { icon, word, detail, tone, progress } = stateWords(entry, trans);
  const hidesWord = isBrief && (tone === 'ok' || icon === null);
  const said = detail ? `${word}: ${detail}` : word;
  return (
    <span className="jp-RucioState" data-tone={tone} title={said}>
      <span className="jp-RucioState-word">
        {icon && (
          <icon.react tag="span" className="jp-RucioIcon" aria-hidden="true" />
        )}
        <span className={hidesWord ? 'jp-RucioHidden' : undefined}>{word}</span>
      </span>
      {detail && !isBrief && (
        <span
          className="jp-RucioState-detail"
          data-adds={tone === 'plain' && progress !== null}
        >
          {detail}
        </span>
      )}
    </span>
  );
}

/** How far it has come, as a bar. */
export function ProgressBar(props: {
  fraction: number;
  tone: string;
  label: string;
}): JSX.Element {
  const percent = Math.round(props.fraction * 100);
  return (
    <div
      className="jp-RucioBar"
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      data-tone={props.tone}
    >
      <div style={{ width: `${percent}%` }} />
    </div>
  );
}
