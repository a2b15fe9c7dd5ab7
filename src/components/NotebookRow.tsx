import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React from 'react';

import { datasetIcon, fileIcon, stuckIcon, unknownIcon } from '../icons';
import type { KernelState } from '../kernels/states';
import type { IAttachment, IEntry } from '../model/attachments';
import type { IAvailabilityEntry } from '../tokens';
import {
  entryFaultWords,
  type IInstanceWords,
  kernelWords
} from './attachmentWords';
import { ProgressBar } from './Availability';
import { MoreButton } from './MoreButton';
import { stateWords } from './words';

/** What can be done with one attachment. */
export interface IAttachmentActions {
  makeAvailable: (attachment: IAttachment) => void;
  insertSnippet: (attachment: IAttachment) => void;
  injectAgain: (attachment: IAttachment) => void;
  remove: (entry: IEntry) => void;
}

export interface INotebookRowProps {
  entry: IEntry;
  state: KernelState | undefined;
  availability: IAvailabilityEntry | undefined;
  /** The instance that it means, or null while there is none. */
  instance: string | null;
  /** What is to be said of the instance; null where it goes without saying. */
  instanceWords: IInstanceWords | null;
  /** Whether available means downloaded to the server's disk. */
  isDownload: boolean;
  /** Where its data is, in words; null while nobody knows. */
  place: string | null;
  /** Whether the kernel's language has a snippet to propose. */
  hasSnippet: boolean;
  actions: IAttachmentActions;
  trans: TranslationBundle;
}

/** One entry of the notebook's metadata. */
export function NotebookRow(props: INotebookRowProps): JSX.Element {
  const { entry, state } = props;
  return entry.attachment && entry.fault === null && state ? (
    <AttachmentRow {...props} attachment={entry.attachment} state={state} />
  ) : (
    <FaultRow {...props} />
  );
}

function AttachmentRow(
  props: INotebookRowProps & { attachment: IAttachment; state: KernelState }
): JSX.Element {
  const { attachment, state, availability, instanceWords, trans } = props;
  const { variableName, did, type } = attachment;
  // Of what the kernel has only as a promise, the interesting thing is how far it has come.
  const available =
    state.kind === 'unavailable' && availability
      ? stateWords(availability, trans, undefined, props.isDownload)
      : null;
  const words = available ?? kernelWords(state, trans);
  const StateIcon = words.icon ?? unknownIcon;
  const Icon = type === 'file' ? fileIcon : datasetIcon;
  return (
    <li
      className="jp-RucioAttachment"
      aria-label={[variableName, did, words.word, instanceWords?.text]
        .filter(Boolean)
        .join(', ')}
      data-variable={variableName}
      data-did={did}
      data-type={type === 'file' ? 'file' : 'dataset'}
      data-instance={props.instance ?? undefined}
      data-state={state.kind}
    >
      <Icon.react tag="span" className="jp-RucioIcon" aria-hidden="true" />
      <div className="jp-RucioAttachment-text">
        <div className="jp-RucioAttachment-head">
          <div
            className="jp-RucioAttachment-variable"
            title={[variableName, props.place].filter(Boolean).join('\n')}
            // Who has no mouse reads it below, when the name has the focus.
            tabIndex={props.place === null ? undefined : 0}
            role={props.place === null ? undefined : 'note'}
            aria-label={
              props.place === null
                ? undefined
                : trans.__('%1 is %2', variableName, props.place)
            }
          >
            {variableName}
          </div>
          {props.place !== null && (
            <div className="jp-RucioAttachment-place" aria-hidden="true">
              {props.place}
            </div>
          )}
          <RowButton {...props} />
        </div>
        <div className="jp-RucioAttachment-line">
          <span
            className="jp-RucioAttachment-state"
            data-tone={words.tone}
            title={words.detail || words.word}
          >
            <StateIcon.react
              tag="span"
              className="jp-RucioIcon"
              aria-hidden="true"
            />
            {words.word}
          </span>
          <span className="jp-RucioAttachment-did" title={did}>
            {did}
          </span>
          {instanceWords && (
            <span
              className="jp-RucioAttachment-instance"
              data-tone={instanceWords.tone}
              title={trans.__('The Rucio instance that it is from')}
            >
              {instanceWords.text}
            </span>
          )}
        </div>
        {available && available.progress !== null && (
          <ProgressBar
            fraction={available.progress}
            tone={available.tone}
            label={trans.__('Progress of %1', did)}
          />
        )}
        {words.detail && (
          <div className="jp-RucioAttachment-detail">{words.detail}</div>
        )}
      </div>
      <MoreButton label={trans.__('More actions for %1', variableName)} />
    </li>
  );
}

/** The one action that makes sense now. */
function RowButton(
  props: INotebookRowProps & { attachment: IAttachment; state: KernelState }
): JSX.Element | null {
  const { attachment, state, availability, actions, trans } = props;
  switch (state.kind) {
    case 'unavailable': {
      const now = availability?.value?.state;
      const canHelp = now !== 'replicating' && now !== 'unknown';
      return availability?.pending || !canHelp ? null : (
        <Button
          className="jp-RucioButton"
          onClick={() => actions.makeAvailable(attachment)}
        >
          {props.isDownload ? trans.__('Download') : trans.__('Make available')}
        </Button>
      );
    }
    case 'failed':
      return (
        <Button
          className="jp-RucioButton"
          onClick={() => actions.injectAgain(attachment)}
        >
          {trans.__('Send again')}
        </Button>
      );
    case 'ready':
      return props.hasSnippet ? (
        <Button
          className="jp-RucioButton jp-mod-quiet"
          title={trans.__('Insert code that reads %1', attachment.variableName)}
          onClick={() => actions.insertSnippet(attachment)}
        >
          {trans.__('Insert snippet')}
        </Button>
      ) : null;
    default:
      return null;
  }
}

/** What stands in the metadata and is no attachment; it stays until the user removes it. */
function FaultRow(props: INotebookRowProps): JSX.Element {
  const { entry, actions, trans } = props;
  const { attachment, fault, raw } = entry;
  const shown = attachment?.variableName ?? JSON.stringify(raw);
  return (
    <li className="jp-RucioAttachment" data-state="fault">
      <stuckIcon.react tag="span" className="jp-RucioIcon" aria-hidden="true" />
      <div className="jp-RucioAttachment-text">
        <div className="jp-RucioAttachment-head">
          <div
            className="jp-RucioAttachment-variable"
            title={JSON.stringify(raw, null, 2)}
          >
            {shown}
          </div>
          <Button
            className="jp-RucioButton"
            onClick={() => actions.remove(entry)}
          >
            {trans.__('Remove')}
          </Button>
        </div>
        <div className="jp-RucioAttachment-detail">
          {fault && entryFaultWords(fault, trans)}
        </div>
      </div>
    </li>
  );
}
