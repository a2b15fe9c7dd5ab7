import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React, { useEffect } from 'react';

import type { JobItemsModel } from '../../model/jobItems';
import type { StorageModel } from '../../model/storage';
import type { Transfer, TransfersModel } from '../../model/transfers';
import type { IInstancesModel } from '../../tokens';
import { instanceWords } from '../attachmentWords';
import { formatCount } from '../format';
import { Note } from '../Note';
import { useSignal } from '../signals';
import { errorText } from '../words';
import { JobDetails } from './JobDetails';
import { RuleDetails } from './RuleDetails';
import { Storage } from './Storage';
import { transferAction, type TransferAction } from './transferActions';
import { type IListedRow, TransferList } from './TransferList';
import { TransferRow } from './TransferRow';
import { TransferTools } from './TransferTools';
import { jobWords, ruleWords } from './transferWords';

export interface ITransfersSectionProps {
  model: TransfersModel;
  storage: StorageModel;
  instances: IInstancesModel;
  /** Asks about the files of a job from now on, until it is disposed. */
  watchItems: (id: string) => JobItemsModel;
  actions: {
    act: (transfer: Transfer, action: TransferAction) => void;
    showLog: (id: string) => void;
    clear: () => void;
    upload: () => void;
  };
  trans: TranslationBundle;
}

/** Everything that moves or moved, and what is left of the storage. */
export function TransfersSection(props: ITransfersSectionProps): JSX.Element {
  const { model, storage, instances, actions, trans } = props;
  useSignal(model.changed);
  useSignal(instances.changed);
  const upload = instances.items.some(one => one.can_upload)
    ? actions.upload
    : undefined;
  return (
    <div className="jp-RucioTransfers">
      {model.all.length > 0 && (
        <TransferTools
          model={model}
          onClear={actions.clear}
          onUpload={upload}
          trans={trans}
        />
      )}
      <Trouble {...props} />
      <Content {...props} upload={upload} />
      <Storage model={storage} trans={trans} />
    </div>
  );
}

/** What keeps the list from being the whole truth. */
function Trouble({ model, trans }: ITransfersSectionProps): JSX.Element | null {
  const { jobs, rules } = model;
  if (jobs.error !== null) {
    const { message, hint } = errorText(jobs.error, trans);
    return (
      <Note
        tone="error"
        title={trans.__('What moves is not known now.')}
        text={`${message} ${hint}`.trim()}
        action={{
          label: trans.__('Try again'),
          run: () => void jobs.refresh()
        }}
        trans={trans}
      />
    );
  }
  return (
    <>
      {rules.error !== null && (
        <p className="jp-RucioTransfers-hint" role="status">
          {trans.__('Which replications move is not known now:')}{' '}
          {errorText(rules.error, trans).message}{' '}
          <Button className="jp-RucioLink" onClick={() => void rules.look()}>
            {trans.__('Try again')}
          </Button>
        </p>
      )}
      {jobs.isTruncated && (
        <p className="jp-RucioTransfers-hint">
          {trans.__(
            'Only the newest %1 downloads and uploads are shown. Clear finished ones to see the others.',
            formatCount(jobs.entries.length)
          )}
        </p>
      )}
      {rules.isTruncated && (
        <p className="jp-RucioTransfers-hint">
          {trans.__('Only the newest replications are shown.')}
        </p>
      )}
    </>
  );
}

function Content(
  props: ITransfersSectionProps & { upload?: () => void }
): JSX.Element {
  const { model, actions, upload, trans } = props;
  const { all, shown, jobs, rules } = model;
  if (all.length === 0) {
    const isAsking =
      jobs.state === 'idle' || jobs.state === 'loading' || rules.isLoading;
    return (
      <div className="jp-RucioTransfers-empty">
        {jobs.state === 'failed' || rules.error ? null : isAsking ? (
          <p role="status">{trans.__('Asking what moves…')}</p>
        ) : (
          <Empty upload={upload} trans={trans} />
        )}
      </div>
    );
  }
  if (shown.length === 0) {
    return (
      <div className="jp-RucioTransfers-empty">
        <p role="status">
          {trans._n(
            '%2 transfer, which is not of this kind or state.',
            '%2 transfers, none of this kind and state.',
            all.length,
            formatCount(all.length)
          )}
        </p>
        <Button
          className="jp-RucioButton"
          onClick={() => {
            model.setKind('all');
            model.setState('all');
          }}
        >
          {trans.__('Show all')}
        </Button>
      </div>
    );
  }
  return (
    <TransferList
      transfers={shown}
      wanted={model.wanted}
      renderRow={row => <Row {...props} {...row} />}
      onActivate={transfer => {
        const action = transferAction(transfer);
        if (action) {
          actions.act(transfer, action);
        }
      }}
      trans={trans}
    />
  );
}

function Empty(props: {
  upload?: () => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { upload, trans } = props;
  return (
    <>
      <p>
        {trans.__(
          'What is on its way to you or to the lake appears here, with how far it is. Make data above available, or right-click files in the file browser to upload them.'
        )}
      </p>
      {upload && (
        <Button className="jp-RucioButton" onClick={upload}>
          {trans.__('Upload…')}
        </Button>
      )}
    </>
  );
}

function Row(props: ITransfersSectionProps & IListedRow): JSX.Element {
  const { transfer, model, actions, instances, trans } = props;
  const name =
    transfer.kind === 'rule' ? transfer.instance : transfer.entry.job.instance;
  const isListed = transfer.kind === 'rule' && transfer.isListed;
  useEffect(() => {
    const one = model.find(transfer.id);
    if (isListed && one?.kind === 'rule') {
      const watch = model.watch(one);
      return () => watch.dispose();
    }
    return undefined;
  }, [model, transfer.id, isListed]);
  return (
    <TransferRow
      transfer={transfer}
      words={
        transfer.kind === 'rule'
          ? ruleWords(transfer, model.entryOf(transfer), trans)
          : jobWords(transfer.entry, trans)
      }
      instance={instanceWords(name, instances, trans)?.text ?? null}
      position={props.position}
      total={props.total}
      isCurrent={props.isCurrent}
      isExpanded={props.isExpanded}
      onToggle={props.onToggle}
      onFocus={props.onFocus}
      onAction={action => actions.act(transfer, action)}
      trans={trans}
    >
      {transfer.kind === 'rule' ? (
        <RuleDetails rule={transfer} trans={trans} />
      ) : (
        <JobDetails
          job={transfer.entry.job}
          watchItems={props.watchItems}
          onLog={() => actions.showLog(transfer.id)}
          trans={trans}
        />
      )}
    </TransferRow>
  );
}
