import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, caretRightIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { parseDid } from '../../model/did';
import type { Transfer } from '../../model/transfers';
import { ProgressBar } from '../Availability';
import { DidName } from '../DidName';
import { MoreButton } from '../MoreButton';
import {
  transferAction,
  transferActionLabel,
  type TransferAction
} from './transferActions';
import { kindWords, type ITransferWords } from './transferWords';

export interface ITransferRowProps {
  transfer: Transfer;
  words: ITransferWords;
  /** The Rucio instance that it is of, where that does not go without saying. */
  instance: string | null;
  /** Counted from 1, among all that are listed. */
  position: number;
  total: number;
  /** Whether Tab leads to it. */
  isCurrent: boolean;
  isExpanded: boolean;
  onToggle: () => void;
  onAction: (action: TransferAction) => void;
  onFocus: () => void;
  trans: TranslationBundle;
  /** What is to be known of it, once it is unfolded. */
  children?: React.ReactNode;
}

/** The name of a transfer, as one would call it. */
export function titleOf(transfer: Transfer): string {
  return transfer.kind === 'rule' ? transfer.did : transfer.entry.job.title;
}

/** A transfer: what it is, how it stands and how far it has come. */
export function TransferRow(props: ITransferRowProps): JSX.Element {
  const { transfer, words, isCurrent, isExpanded, trans } = props;
  const title = titleOf(transfer);
  const kind = kindWords(transfer, trans);
  const action = transferAction(transfer);
  const tabIndex = isCurrent ? 0 : -1;
  const label = action === null ? '' : transferActionLabel(action, trans);
  return (
    <div
      className="jp-RucioTransfer"
      role="listitem"
      tabIndex={tabIndex}
      aria-label={[
        kind.word,
        title,
        words.word,
        ...words.figures,
        words.detail,
        props.instance
      ]
        .filter(Boolean)
        .join(', ')}
      aria-posinset={props.position}
      aria-setsize={props.total}
      data-transfer={transfer.id}
      onFocus={props.onFocus}
      {...dataOf(transfer)}
    >
      <button
        type="button"
        className="jp-RucioTransfer-expander"
        aria-expanded={isExpanded}
        aria-label={trans.__('Details of %1', title)}
        title={isExpanded ? trans.__('Fewer details') : trans.__('Details')}
        tabIndex={tabIndex}
        onClick={props.onToggle}
      >
        <caretRightIcon.react tag="span" className="jp-RucioIcon" />
      </button>
      <kind.icon.react
        tag="span"
        className="jp-RucioIcon jp-RucioTransfer-kind"
        title={kind.word}
      />
      <div className="jp-RucioTransfer-text">
        <div className="jp-RucioTransfer-head">
          <Title transfer={transfer} />
          {action && (
            <Button
              className="jp-RucioButton"
              aria-label={trans.__('%1: %2', label, title)}
              tabIndex={tabIndex}
              onClick={() => props.onAction(action)}
            >
              {label}
            </Button>
          )}
        </div>
        <Line {...props} />
        {words.progress !== null && (
          <ProgressBar
            fraction={words.progress}
            tone={words.isStill ? 'still' : words.tone}
            label={trans.__('Progress of %1', title)}
          />
        )}
        {words.detail && (
          <div className="jp-RucioTransfer-detail" data-tone={words.tone}>
            {words.detail}
            {words.hint && (
              <span className="jp-RucioTransfer-hint"> {words.hint}</span>
            )}
          </div>
        )}
        {isExpanded && props.children}
      </div>
      <MoreButton
        label={trans.__('More actions for %1', title)}
        tabIndex={tabIndex}
      />
    </div>
  );
}

function Title({ transfer }: { transfer: Transfer }): JSX.Element {
  const title = titleOf(transfer);
  const parts = parseDid(title);
  return parts ? (
    <DidName scope={parts.scope} name={parts.name} />
  ) : (
    <DidName name={title} />
  );
}

/** The state, never cut, and the figures, which go on below where there is no room. */
function Line({ words, instance, trans }: ITransferRowProps): JSX.Element {
  return (
    <div className="jp-RucioTransfer-line">
      <span className="jp-RucioTransfer-state" data-tone={words.tone}>
        <words.icon.react
          tag="span"
          className="jp-RucioIcon"
          aria-hidden="true"
        />
        {words.word}
      </span>
      {words.figures.map(figure => (
        <span key={figure} className="jp-RucioTransfer-figure">
          {figure}
        </span>
      ))}
      {instance && (
        <span
          className="jp-RucioTransfer-figure"
          title={trans.__('The Rucio instance that it is of')}
        >
          {instance}
        </span>
      )}
    </div>
  );
}

/** What context menus and commands know a row by. */
function dataOf(transfer: Transfer): Record<string, string | undefined> {
  if (transfer.kind === 'rule') {
    const { value, instance, did } = transfer;
    return {
      'data-kind': 'rule',
      'data-instance': instance,
      'data-did': did,
      'data-state': value.state,
      // The commands about rules mean the one at our destination, which a DID's other rules are not.
      'data-rule': transfer.isListed ? undefined : value.rule?.id
    };
  }
  const { job } = transfer.entry;
  return {
    'data-kind': job.kind,
    'data-instance': job.instance,
    'data-job': job.id,
    'data-state': job.state
  };
}
