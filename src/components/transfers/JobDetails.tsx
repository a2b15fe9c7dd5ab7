import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React, { useEffect, useState } from 'react';

import type { IJob, IJobItem } from '../../api/types';
import type { JobItemsModel } from '../../model/jobItems';
import { formatBytes, formatCount, formatDuration } from '../format';
import { useScrollStop } from '../scrolling';
import { useSignal } from '../signals';
import { errorText } from '../words';
import { itemWords } from './transferWords';

/** A row is no place for more; the log has all of them. */
const MOST_ITEMS = 100;

export interface IJobDetailsProps {
  job: IJob;
  /** Asks about the items from now on, until it is disposed. */
  watchItems: (id: string) => JobItemsModel;
  onLog: () => void;
  trans: TranslationBundle;
}

/** What is to be known of a job: where it goes, when it went, and each of its files. */
export function JobDetails(props: IJobDetailsProps): JSX.Element {
  const { job, watchItems, onLog, trans } = props;
  const [model, setModel] = useState<JobItemsModel | null>(null);
  useEffect(() => {
    const items = watchItems(job.id);
    setModel(items);
    return () => items.dispose();
  }, [job.id, watchItems]);
  return (
    <div className="jp-RucioTransferDetails">
      <Facts job={job} trans={trans} />
      {model && <Items model={model} trans={trans} />}
      <Button className="jp-RucioLink" onClick={onLog}>
        {trans.__('Show the log')}
      </Button>
    </div>
  );
}

function Facts(props: { job: IJob; trans: TranslationBundle }): JSX.Element {
  const { job, trans } = props;
  const facts: [string, string | null][] = [
    [trans.__('Folder'), job.path],
    [trans.__('To'), job.rse],
    [trans.__('Begun'), job.started_at && dateWords(job.started_at)],
    [trans.__('Took'), durationWords(job)],
    [trans.__('Attempts'), job.attempt > 1 ? formatCount(job.attempt) : null]
  ];
  return (
    <dl>
      {facts.map(
        ([name, value]) =>
          value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          )
      )}
    </dl>
  );
}

function dateWords(time: string): string {
  return new Date(time).toLocaleString(undefined, {
    dateStyle: 'medium',
    timeStyle: 'short'
  });
}

function durationWords({ started_at, ended_at }: IJob): string | null {
  return started_at && ended_at
    ? formatDuration((Date.parse(ended_at) - Date.parse(started_at)) / 1000)
    : null;
}

function Items(props: {
  model: JobItemsModel;
  trans: TranslationBundle;
}): JSX.Element {
  const { model, trans } = props;
  const { details } = model;
  useSignal(details.changed);
  const { value, error } = details;
  if (value === undefined) {
    return error ? (
      <div role="alert" data-tone="error">
        {errorText(error, trans).message}{' '}
        <Button className="jp-RucioLink" onClick={() => void details.reload()}>
          {trans.__('Try again')}
        </Button>
      </div>
    ) : (
      <div role="status">{trans.__('Asking for the files…')}</div>
    );
  }
  const shown = value.items.slice(0, MOST_ITEMS);
  const total = value.files_total ?? value.items.length;
  const isCut = shown.length < value.items.length || value.items_truncated;
  return (
    <>
      {shown.length > 0 && <ItemList items={shown} trans={trans} />}
      {isCut && (
        <p>
          {trans.__(
            'These are %1 of %2 files, those that failed first. The log has all of them.',
            formatCount(shown.length),
            formatCount(Math.max(total, value.items.length))
          )}
        </p>
      )}
    </>
  );
}

function ItemList(props: {
  items: IJobItem[];
  trans: TranslationBundle;
}): JSX.Element {
  const { items, trans } = props;
  const stop = useScrollStop<HTMLUListElement>();
  return (
    <ul aria-label={trans.__('Files')} {...stop}>
      {items.map((item, index) => (
        <Item key={index} item={item} trans={trans} />
      ))}
    </ul>
  );
}

function Item(props: {
  item: IJobItem;
  trans: TranslationBundle;
}): JSX.Element {
  const { item, trans } = props;
  const words = itemWords(item.state, trans);
  const name = item.did ?? item.path ?? '';
  const fault = item.error && errorText(item.error, trans);
  const size = item.size_bytes === null ? '' : formatBytes(item.size_bytes);
  return (
    <li data-state={item.state}>
      <span className="jp-RucioTransferDetails-name" title={item.path ?? name}>
        {name}
      </span>
      <span className="jp-RucioTransfer-line">
        <span className="jp-RucioTransfer-state" data-tone={words.tone}>
          <words.icon.react
            tag="span"
            className="jp-RucioIcon"
            aria-hidden="true"
          />
          {words.word}
        </span>
        {size && <span className="jp-RucioTransfer-figure">{size}</span>}
        {item.rule_url && (
          <a
            className="jp-RucioTransfer-figure"
            href={item.rule_url}
            target="_blank"
            rel="noopener noreferrer"
          >
            {trans.__('Rule')}
          </a>
        )}
      </span>
      {(fault || item.message) && (
        <span className="jp-RucioTransfer-detail">
          {fault ? `${fault.message} ${fault.hint}`.trim() : item.message}
        </span>
      )}
    </li>
  );
}
