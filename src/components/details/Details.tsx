import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IDidItem } from '../../api/types';
import type { DetailsModel } from '../../model/details';
import type { IAvailabilityModel, IInstancesModel } from '../../tokens';
import { InstanceNote } from '../InstanceNote';
import { Note } from '../Note';
import { instanceNote, type NoteAction } from '../notes';
import type { SelectionAction } from '../SelectionBar';
import { useSignal } from '../signals';
import { errorText } from '../words';
import { ContentsList } from './ContentsList';
import { DetailsHeader, type IDetailsHeaderProps } from './DetailsHeader';
import { type IMetadataProps, Metadata } from './Metadata';
import { Parents } from './Parents';
import { Replicas } from './Replicas';
import { Rules } from './Rules';
import { type ISnippetProps, Snippet } from './Snippet';

export interface IDetailsProps
  extends IDetailsHeaderProps, IMetadataProps, ISnippetProps {
  model: DetailsModel;
  instances: IInstancesModel;
  availability: IAvailabilityModel;
  /** Does something with several rows of the contents. */
  onSelected: (items: readonly IDidItem[], action: SelectionAction) => void;
  /** Opens the page of another DID of the same instance. */
  onOpen: (item: Pick<IDidItem, 'did'> & Partial<IDidItem>) => void;
  /** Does what a note's button says, for the instance of the page. */
  onHelp: (action: NoteAction) => void;
  trans: TranslationBundle;
}

/** All that is known of a DID. */
export function Details(props: IDetailsProps): JSX.Element {
  const { model } = props;
  useSignal(model.changed);
  const isCollection = model.type !== null && model.type !== 'file';
  return (
    <div className="jp-RucioDetails">
      <DetailsHeader {...props} />
      <InTheWay {...props} />
      {model.standing === 'ready' && (
        <div className="jp-RucioDetails-sections">
          <div>
            <Snippet {...props} />
            <Replicas {...props} />
            <Rules {...props} />
          </div>
          <div>
            {isCollection && <ContentsList {...props} />}
            <Metadata {...props} />
            <Parents {...props} />
          </div>
        </div>
      )}
    </div>
  );
}

/** What keeps the page from showing anything, with the button that helps. */
function InTheWay(props: IDetailsProps): JSX.Element | null {
  const { model, instances, onHelp, trans } = props;
  switch (model.standing) {
    case 'waiting':
      return (
        <p className="jp-RucioDetails-empty" role="status">
          {trans.__('Loading…')}
        </p>
      );
    case 'no-instances': {
      const said = instances.error && errorText(instances.error, trans);
      return (
        <Note
          tone="error"
          trans={trans}
          title={said?.message ?? trans.__('Rucio cannot be asked.')}
          text={said?.hint}
          action={{
            label: trans.__('Try again'),
            run: () => onHelp('look')
          }}
        />
      );
    }
    case 'unknown-instance':
      return (
        <Note
          tone="warn"
          trans={trans}
          title={trans.__(
            'No Rucio instance of the name “%1” is configured here.',
            model.instance
          )}
          text={trans.__(
            'It was when this page was opened. Close the page, or ask who runs this Jupyter.'
          )}
          action={{
            label: trans.__('Reload configuration'),
            run: () => onHelp('reload')
          }}
        />
      );
    case 'misconfigured':
    case 'signed-out':
      return <InstanceInTheWay {...props} />;
    case 'unknown-did': {
      const { error } = model.overview;
      const said = error && errorText(error, trans);
      return (
        <Note
          tone="warn"
          trans={trans}
          title={said?.message ?? trans.__('Rucio does not know it.')}
          text={
            said?.hint ||
            trans.__('It may have been deleted, or its life may have ended.')
          }
          rucio={error?.rucio}
          action={{
            label: trans.__('Try again'),
            run: () => void model.overview.reload()
          }}
        />
      );
    }
    default:
      return null;
  }
}

/** The same as the sidebar says of the instance while it is the active one. */
function InstanceInTheWay(props: IDetailsProps): JSX.Element | null {
  const { model, instances, onHelp, onCopy, trans } = props;
  const instance = model.configuration;
  const note = instance && instanceNote(instances, instance, trans);
  return instance && note ? (
    <InstanceNote
      note={note}
      instance={instance}
      onAction={onHelp}
      onCopy={onCopy}
      trans={trans}
    />
  ) : null;
}
