import type { TranslationBundle } from '@jupyterlab/translation';
import { searchIcon } from '@jupyterlab/ui-components';
import React, { useState } from 'react';

import type { DetailsModel } from '../../model/details';
import {
  type IMetadataRow,
  metadataGroups,
  momentOf
} from '../../model/metadata';
import type { FilterValue } from '../../api/types';
import { formatBytes, formatCount } from '../format';
import { useScrollStop } from '../scrolling';
import { useSignal } from '../signals';
import { CopyButton } from './CopyButton';
import { DetailsSection } from './DetailsSection';

/** A sign as programmers write it, in every language. */
const PAIR = 'k=v';

export interface IMetadataProps {
  model: DetailsModel;
  onCopy: (text: string) => void;
  /** Searches for DIDs that have this value too. */
  onSearch: (key: string, value: FilterValue) => void;
  trans: TranslationBundle;
}

/** What is written down about a DID, by its users and by Rucio. */
export function Metadata(props: IMetadataProps): JSX.Element {
  const { model, onCopy, trans } = props;
  const { overview } = model;
  useSignal(overview.changed);
  const [filter, setFilter] = useState('');
  const metadata = overview.value?.metadata;
  const all = metadata && metadataGroups(metadata);
  const count = all ? all.users.length + all.rucios.length : 0;
  const shown = metadata && metadataGroups(metadata, filter);
  return (
    <DetailsSection
      model={model}
      name="metadata"
      title={trans.__('Metadata')}
      caption={all && formatCount(count)}
      section={overview}
      trans={trans}
    >
      {metadata && shown ? (
        count === 0 ? (
          <p className="jp-RucioDetails-empty">
            {trans.__('Nothing is written down about it.')}
          </p>
        ) : (
          <>
            <div className="jp-RucioDetails-tools">
              <input
                type="search"
                className="jp-mod-styled"
                placeholder={trans.__('Filter keys and values')}
                aria-label={trans.__('Filter the metadata')}
                value={filter}
                onChange={event => setFilter(event.target.value)}
                onKeyDown={event => {
                  if (event.key === 'Escape') {
                    setFilter('');
                  }
                }}
              />
              <button
                type="button"
                className="jp-Button jp-RucioButton"
                onClick={() => onCopy(JSON.stringify(metadata, null, 2))}
              >
                {trans.__('Copy all as JSON')}
              </button>
            </div>
            {shown.users.length + shown.rucios.length > 0 && (
              <MetadataTable
                {...props}
                groups={[
                  {
                    title: trans.__('Given by users'),
                    rows: shown.users,
                    isOpen: true
                  },
                  {
                    title: trans.__('Kept by Rucio'),
                    rows: shown.rucios,
                    // What was asked for, and what is alone, is not hidden.
                    isOpen: filter !== '' || shown.users.length === 0
                  }
                ]}
              />
            )}
            {shown.users.length + shown.rucios.length === 0 && (
              <p className="jp-RucioDetails-empty" role="status">
                {trans.__('Neither a key nor a value has “%1” in it.', filter)}
              </p>
            )}
          </>
        )
      ) : null}
    </DetailsSection>
  );
}

interface ITableProps extends IMetadataProps {
  groups: readonly {
    title: string;
    rows: readonly IMetadataRow[];
    /** Whether they are shown from the beginning. */
    isOpen: boolean;
  }[];
}

/**
 * A grid that is one stop of the Tab key; the arrows go from row to row, and Tab on to the buttons of
 * the row.
 */
function MetadataTable(props: ITableProps): JSX.Element {
  const { groups, trans } = props;
  const [wanted, setActive] = useState('');
  const [isAll, setAll] = useState(false);
  const shown = groups.map(group => ({
    ...group,
    isOpen: isAll || group.isOpen
  }));
  const keys = shown.flatMap(group =>
    group.isOpen ? group.rows.map(row => row.key) : []
  );
  const active = keys.includes(wanted) ? wanted : keys[0];
  const onKeyDown = (event: React.KeyboardEvent<HTMLElement>) => {
    const index = nextIndex(event.key, keys.indexOf(active), keys.length);
    if (index !== null) {
      event.preventDefault();
      setActive(keys[index]);
      const rows =
        event.currentTarget.querySelectorAll<HTMLElement>('tr[data-key]');
      rows[index]?.focus();
    }
  };
  return (
    <table
      className="jp-RucioMetadata"
      role="grid"
      aria-label={trans.__('Metadata')}
      onKeyDown={onKeyDown}
    >
      {shown
        .filter(group => group.rows.length > 0)
        .map(group => (
          <tbody key={group.title}>
            <tr>
              <th colSpan={3} scope="rowgroup">
                {group.title}{' '}
                {!group.isOpen && (
                  <button
                    type="button"
                    className="jp-Button jp-RucioLink"
                    onClick={() => setAll(true)}
                  >
                    {trans._n(
                      'show %2 value',
                      'show %2 values',
                      group.rows.length,
                      formatCount(group.rows.length)
                    )}
                  </button>
                )}
              </th>
            </tr>
            {group.isOpen &&
              group.rows.map(row => (
                <Row
                  key={row.key}
                  {...props}
                  row={row}
                  isActive={row.key === active}
                  onFocus={() => setActive(row.key)}
                />
              ))}
          </tbody>
        ))}
    </table>
  );
}

function nextIndex(key: string, from: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return Math.min(count - 1, from + 1);
    case 'ArrowUp':
      return Math.max(0, from - 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

interface IRowProps extends IMetadataProps {
  row: IMetadataRow;
  isActive: boolean;
  onFocus: () => void;
}

function Row(props: IRowProps): JSX.Element {
  const { model, row, isActive, onFocus, onCopy, onSearch, trans } = props;
  useSignal(model.metadataKeys.changed);
  const tabIndex = isActive ? 0 : -1;
  const value = searchable(model, row);
  return (
    <tr data-key={row.key} tabIndex={tabIndex} onFocus={onFocus}>
      <th scope="row">{row.key}</th>
      <td>
        <Value row={row} trans={trans} />
      </td>
      <td className="jp-RucioMetadata-actions">
        {value !== null && (
          <button
            type="button"
            className="jp-RucioIconButton"
            title={trans.__('Search by this: %1', `${row.key} = ${row.text}`)}
            aria-label={trans.__('Search by this: %1', row.key)}
            tabIndex={tabIndex}
            onClick={() => onSearch(row.key, value)}
          >
            <searchIcon.react tag="span" className="jp-RucioIcon" />
          </button>
        )}
        <button
          type="button"
          className="jp-RucioIconButton jp-RucioMetadata-pair"
          title={trans.__('Copy %1', `${row.key}=${row.text}`)}
          aria-label={trans.__('Copy key and value: %1', row.key)}
          tabIndex={tabIndex}
          onClick={() => onCopy(`${row.key}=${row.text}`)}
        >
          {PAIR}
        </button>
        <CopyButton
          text={row.text}
          label={trans.__('Copy value: %1', row.key)}
          onCopy={onCopy}
          tabIndex={tabIndex}
          trans={trans}
        />
      </td>
    </tr>
  );
}

/** The value as a search can ask for it; null where it cannot. */
function searchable(
  model: DetailsModel,
  row: IMetadataRow
): FilterValue | null {
  const { value, key } = row;
  const isSimple =
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    (typeof value === 'string' && value !== '');
  const known = model.metadataKeys.value;
  const isKnown = known === undefined || known.some(one => one.key === key);
  return isSimple && isKnown ? value : null;
}

function Value(props: {
  row: IMetadataRow;
  trans: TranslationBundle;
}): JSX.Element {
  const { row, trans } = props;
  const { value, text } = row;
  if (value === null || value === '') {
    return (
      <span className="jp-RucioMetadata-nothing">
        {value === null ? trans.__('nothing') : trans.__('empty text')}
      </span>
    );
  }
  if (typeof value === 'object') {
    return <Nested value={value} />;
  }
  const moment = momentOf(row);
  if (moment) {
    return (
      <time dateTime={moment.toISOString()} title={text}>
        {moment.toLocaleString(undefined, {
          dateStyle: 'medium',
          timeStyle: 'short'
        })}
      </time>
    );
  }
  if (row.key === 'bytes' && typeof value === 'number') {
    return <span title={text}>{formatBytes(value)}</span>;
  }
  if (typeof value === 'string' && /^https?:\/\/\S+$/.test(value)) {
    return (
      <a href={value} target="_blank" rel="noreferrer">
        {value}
      </a>
    );
  }
  return <span data-kind={typeof value}>{text}</span>;
}

function Nested(props: { value: object }): JSX.Element {
  const stop = useScrollStop<HTMLPreElement>();
  return <pre {...stop}>{JSON.stringify(props.value, null, 2)}</pre>;
}
