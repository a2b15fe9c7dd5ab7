import type { TranslationBundle } from '@jupyterlab/translation';
import { addIcon, Button } from '@jupyterlab/ui-components';
import React from 'react';

import type {
  IAttachmentsModel,
  IAvailabilityModel,
  IInstancesModel
} from '../tokens';
import { instanceWords, placeWords } from './attachmentWords';
import { type IAttachmentActions, NotebookRow } from './NotebookRow';
import { useSignal } from './signals';

export interface INotebookSectionProps {
  model: IAttachmentsModel;
  instances: IInstancesModel;
  availability: IAvailabilityModel;
  actions: IAttachmentActions & {
    attach: () => void;
    injectAllAgain: () => void;
    newNotebook: () => void;
  };
  trans: TranslationBundle;
}

/** What is attached to the current notebook, and whether its kernel has it. */
export function NotebookSection(props: INotebookSectionProps): JSX.Element {
  const { model, instances, availability, actions, trans } = props;
  useSignal(model.changed);
  const notebook = model.current;
  if (!notebook) {
    return (
      <div className="jp-RucioNotebook jp-mod-empty">
        <p>
          {trans.__('Data is attached to a notebook, and no notebook is open.')}
        </p>
        <Button className="jp-RucioButton" onClick={actions.newNotebook}>
          {trans.__('New notebook')}
        </Button>
      </div>
    );
  }
  const { entries } = notebook.attachments;
  return (
    <div className="jp-RucioNotebook">
      {entries.length === 0 ? (
        <p className="jp-RucioNotebook-hint">
          {trans.__(
            'Nothing is attached yet. Find data above and choose Attach: a variable in this notebook then holds its path.'
          )}
        </p>
      ) : (
        <ul
          className="jp-RucioNotebook-list"
          aria-label={trans.__('Attached to %1', notebook.title)}
        >
          {entries.map(entry => {
            const { attachment } = entry;
            const instance = attachment && notebook.instanceOf(attachment);
            return (
              <NotebookRow
                key={`${entry.index} ${attachment?.variableName ?? ''}`}
                entry={entry}
                state={
                  attachment ? notebook.injector.state(attachment) : undefined
                }
                availability={
                  attachment && instance
                    ? availability.entry(instance, attachment.did)
                    : undefined
                }
                instance={instance}
                isDownload={
                  instance !== null &&
                  instances.get(instance)?.mode === 'download'
                }
                instanceWords={instanceWords(instance, instances, trans)}
                place={
                  attachment
                    ? placeWords(notebook.injector.resolved(attachment), trans)
                    : null
                }
                hasSnippet={notebook.language !== undefined}
                actions={actions}
                trans={trans}
              />
            );
          })}
        </ul>
      )}
      <div className="jp-RucioNotebook-foot">
        <Button className="jp-RucioButton" onClick={actions.attach}>
          <addIcon.react tag="span" className="jp-RucioIcon" />
          {trans.__('Attach…')}
        </Button>
        {entries.length > 0 && (
          <Button
            className="jp-RucioLink"
            title={trans.__('Send all variables to the kernel again')}
            onClick={actions.injectAllAgain}
          >
            {trans.__('Send again')}
          </Button>
        )}
      </div>
    </div>
  );
}
