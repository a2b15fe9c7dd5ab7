import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IAvailabilityEntry } from '../tokens';
import { keptWords } from './ages';
import { errorText, localWords, stateWords } from './words';

export interface IAvailabilityProps {
  entry: IAvailabilityEntry | undefined;
  trans: TranslationBundle;
  /** The destination that goes without saying. */
  firstRse?: string;
  /** Whether available means downloaded to the server's disk. */
  isDownload?: boolean;
  /** Of when it is, for who points at it. */
  age?: string;
  /** Whether the icon alone has to do where everything is well; the word is then its label. */
  isBrief?: boolean;
}

/** An availability: an icon and a word, and as much of the reason as fits. */
export function Availability(props: IAvailabilityProps): JSX.Element {
  const { entry, trans, firstRse, age, isBrief = false } = props;
  const { icon, word, detail, tone, progress } = stateWords(
    entry,
    trans,
    firstRse,
    props.isDownload
  );
  const hidesWord = isBrief && (tone === 'ok' || icon === null);
  const said = [
    detail ? `${word}: ${detail}` : word,
    entry?.error && !entry.isRefused && entry.value
      ? errorText(entry.error, trans).message
      : '',
    age ?? '',
    props.isDownload ? '' : localWords(entry?.value?.local ?? null, trans),
    entry?.value?.rule?.expires_at
      ? keptWords(entry.value.rule.expires_at, Date.now(), trans)
      : ''
  ]
    .filter(Boolean)
    .join('\n');
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
