import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, caretRightIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { IUsage } from '../../api/types';
import { fullness, type StorageModel } from '../../model/storage';
import { formatBytes } from '../format';
import { Meter } from '../Meter';
import { useSignal } from '../signals';
import { errorText } from '../words';
import { amountWords } from './transferWords';

export interface IStorageProps {
  model: StorageModel;
  trans: TranslationBundle;
}

/** What is used and left at each RSE: the fullest in the line that is always there, all of them below it. */
export function Storage(props: IStorageProps): JSX.Element | null {
  const { model, trans } = props;
  useSignal(model.changed);
  const { places, usage } = model;
  if (places === undefined) {
    return usage.error ? (
      <div className="jp-RucioStorage jp-mod-note" role="status">
        {trans.__('How much storage is left is not known:')}{' '}
        {errorText(usage.error, trans).message}{' '}
        <Button className="jp-RucioLink" onClick={() => void usage.reload()}>
          {trans.__('Try again')}
        </Button>
      </div>
    ) : null;
  }
  if (places.length === 0) {
    return null;
  }
  return (
    <details className="jp-RucioStorage">
      <summary>
        <caretRightIcon.react tag="span" className="jp-RucioIcon" />
        <span className="jp-RucioStorage-title">{trans.__('Storage')}</span>
        <Place place={places[0]} isBrief trans={trans} />
      </summary>
      <ul aria-label={trans.__('Storage used and left')}>
        {places.map(place => (
          <li key={place.rse}>
            <Place place={place} trans={trans} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function Place(props: {
  place: IUsage;
  /** Whether there is room for what matters most alone. */
  isBrief?: boolean;
  trans: TranslationBundle;
}): JSX.Element {
  const { place, isBrief = false, trans } = props;
  const fraction = fullness(place);
  return (
    <span className="jp-RucioStorage-place">
      <span className="jp-RucioStorage-rse" title={place.rse}>
        {place.rse}
      </span>
      <span className="jp-RucioStorage-words">
        {isBrief ? leftWords(place, trans) : wordsOf(place, trans)}
      </span>
      {fraction !== null && (
        <Meter
          fraction={fraction}
          label={trans.__('Storage used at %1', place.rse)}
        />
      )}
    </span>
  );
}

function leftWords(
  { bytes_used, bytes_limit }: IUsage,
  trans: TranslationBundle
): string {
  return bytes_limit === null
    ? trans.__('%1 used', formatBytes(bytes_used))
    : trans.__('%1 left', formatBytes(Math.max(0, bytes_limit - bytes_used)));
}

/** “2.1 of 10 GB used”; where there is no limit there is nothing that could be left. */
function wordsOf(
  { bytes_used, bytes_limit }: IUsage,
  trans: TranslationBundle
): string {
  return bytes_limit === null
    ? trans.__('%1 used, no limit', formatBytes(bytes_used))
    : trans.__(
        '%1 used, %2 left',
        amountWords(bytes_used, bytes_limit, trans),
        formatBytes(Math.max(0, bytes_limit - bytes_used))
      );
}
