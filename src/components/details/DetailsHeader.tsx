import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React from 'react';

import type { IDidItem } from '../../api/types';
import type { DetailsModel } from '../../model/details';
import { parseDid } from '../../model/did';
import { Availability, ProgressBar } from '../Availability';
import { formatBytes, formatCount } from '../format';
import { type RowAction, rowAction, rowActionLabel } from '../rowActions';
import { useScrollStop } from '../scrolling';
import { useSignal } from '../signals';
import { stateWords, typeIcon, typeWord } from '../words';
import { CopyButton } from './CopyButton';

export interface IDetailsHeaderProps {
  model: DetailsModel;
  onAction: (item: IDidItem, action: RowAction) => void;
  onCopy: (text: string) => void;
  trans: TranslationBundle;
}

/** What it is, and whether it can be used here; stays in view. */
export function DetailsHeader(props: IDetailsHeaderProps): JSX.Element {
  const { model, onCopy, trans } = props;
  useSignal(model.overview.changed);
  const stop = useScrollStop<HTMLHeadingElement>();
  const { did, type } = model;
  const TypeIcon = type && typeIcon(type);
  const parts = parseDid(did);
  return (
    <div className="jp-RucioDetails-header">
      <div className="jp-RucioDetails-name">
        {TypeIcon && (
          <TypeIcon.react
            tag="span"
            className="jp-RucioIcon"
            aria-hidden="true"
          />
        )}
        <h1 {...stop}>
          {parts ? (
            <>
              <span className="jp-RucioName-scope">{parts.scope}:</span>
              {parts.name}
            </>
          ) : (
            did
          )}
        </h1>
        <CopyButton
          text={did}
          label={trans.__('Copy DID')}
          onCopy={onCopy}
          trans={trans}
        />
      </div>
      <p className="jp-RucioDetails-facts">{facts(model, trans).join(' · ')}</p>
      {model.standing === 'ready' && <AvailabilityLine {...props} />}
    </div>
  );
}

/** How available it is, and the one thing that makes sense to do. */
function AvailabilityLine(props: IDetailsHeaderProps): JSX.Element {
  const { model, onAction, trans } = props;
  const entry = model.availability;
  const isDownload = model.configuration?.mode === 'download';
  const state = stateWords(entry, trans, undefined, isDownload);
  const action = rowAction(entry);
  const item = itemOf(model);
  return (
    <div className="jp-RucioDetails-availability">
      <div className="jp-RucioDetails-state">
        <Availability entry={entry} isDownload={isDownload} trans={trans} />
        {state.progress !== null && (
          <ProgressBar
            fraction={state.progress}
            tone={state.tone}
            label={trans.__('Progress of %1', model.did)}
          />
        )}
      </div>
      {action && item && (
        <Button
          className={`jp-RucioButton ${action === 'explain' ? '' : 'jp-mod-primary'}`}
          onClick={() => onAction(item, action)}
        >
          {rowActionLabel(action, trans, isDownload)}
        </Button>
      )}
    </div>
  );
}

/** The DID as a row of a list would have it, as soon as its type is known. */
export function itemOf(model: DetailsModel): IDidItem | null {
  const { did, type, overview } = model;
  const parts = parseDid(did);
  if (overview.value) {
    return overview.value;
  }
  return type && parts && { did, ...parts, type, size: null, length: null };
}

/** In the order of what one wants to know first. */
function facts(model: DetailsModel, trans: TranslationBundle): string[] {
  const { overview, type } = model;
  const details = overview.value;
  const counted = model.availability?.value;
  const words: string[] = [];
  if (type) {
    words.push(typeWord(type, trans));
  }
  const files = details?.length ?? counted?.files_total ?? null;
  if (type !== null && type !== 'file' && files !== null) {
    words.push(trans._n('%2 file', '%2 files', files, formatCount(files)));
  }
  const bytes = details?.bytes ?? details?.size ?? counted?.bytes_total ?? null;
  if (bytes !== null) {
    words.push(formatBytes(bytes));
  }
  if (details) {
    if (type !== 'file' && details.open !== null) {
      words.push(details.open ? trans.__('Open') : trans.__('Closed'));
    }
    const created = dayOf(details.created_at);
    const account = details.account;
    if (created && account) {
      words.push(trans.__('Created %1 by %2', created, account));
    } else if (created) {
      words.push(trans.__('Created %1', created));
    } else if (account) {
      words.push(trans.__('By %1', account));
    }
  }
  words.push(model.configuration?.display_name ?? model.instance);
  return words;
}

function dayOf(text: string | null): string | null {
  return (
    text &&
    new Date(text).toLocaleDateString(undefined, { dateStyle: 'medium' })
  );
}
