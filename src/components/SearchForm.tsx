import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, filterIcon, HTMLSelect } from '@jupyterlab/ui-components';
import React, { useEffect, useState } from 'react';

import type { DidTypeFilter } from '../api/types';
import type { SearchModel } from '../model/search';
import type { IInstancesModel } from '../tokens';
import { FilterChips } from './FilterChips';
import { FilterEditor } from './FilterEditor';
import { formatCount } from './format';
import { SearchField } from './SearchField';
import { SearchCount } from './SearchStatus';
import { typeFilterWord } from './searchWords';
import { useSignal } from './signals';

export interface ISearchFormProps {
  model: SearchModel;
  instances: IInstancesModel;
  trans: TranslationBundle;
}

const TYPES: readonly DidTypeFilter[] = [
  'all',
  'collection',
  'container',
  'dataset',
  'file'
];

/** The one field, what kind of DID to look for, and conditions on its metadata. */
export function SearchForm(props: ISearchFormProps): JSX.Element {
  const { model, trans } = props;
  const { conditions } = model;
  const [text, setText] = useState(model.text);
  const [pastedCount, setPastedCount] = useState(0);
  useSignal(conditions.changed);
  // A search that was begun elsewhere, by a command or a link, shows in the field too.
  useEffect(() => setText(model.text), [model.text, model.inside]);

  const search = (type?: DidTypeFilter) => {
    setPastedCount(0);
    void model.search(text, { type });
  };
  const toggleFilters = () => {
    conditions.setOpen(!conditions.isOpen);
    if (!conditions.isOpen && model.isOutdated) {
      // What is said above the rows has to be true of them.
      void model.again();
    }
  };
  return (
    <form
      className="jp-RucioSearch"
      role="search"
      onSubmit={event => {
        event.preventDefault();
        search();
      }}
    >
      <SearchField
        {...props}
        text={text}
        onText={setText}
        onPasted={setPastedCount}
      />
      {pastedCount > 1 && (
        <div className="jp-RucioSearch-status" role="status">
          {trans.__(
            '%1 identifiers were pasted. One is searched for at a time: this is the first.',
            formatCount(pastedCount)
          )}
        </div>
      )}
      <div className="jp-RucioSearch-line">
        <HTMLSelect
          className="jp-RucioSearch-type"
          aria-label={trans.__('Kind of data identifier')}
          value={model.type}
          options={TYPES.map(type => ({
            value: type,
            label: typeFilterWord(type, trans)
          }))}
          onChange={event => search(event.target.value as DidTypeFilter)}
        />
        <FiltersButton {...props} onToggle={toggleFilters} />
        <SearchCount model={model} trans={trans} />
      </div>
      {conditions.isOpen ? (
        <FilterEditor model={model} trans={trans} />
      ) : (
        <FilterChips model={model} trans={trans} />
      )}
    </form>
  );
}

function FiltersButton(
  props: ISearchFormProps & { onToggle: () => void }
): JSX.Element {
  const { model, trans, onToggle } = props;
  const { count, isOpen } = model.conditions;
  return (
    <Button
      type="button"
      className="jp-RucioButton jp-RucioSearch-filters"
      aria-expanded={isOpen}
      aria-label={
        count === 0
          ? trans.__('Filters')
          : trans._n('Filters: %1 set', 'Filters: %1 set', count)
      }
      title={trans.__('Conditions on metadata')}
      onClick={onToggle}
    >
      <filterIcon.react tag="span" className="jp-RucioIcon" />
      <span className="jp-RucioSearch-filtersWord">{trans.__('Filters')}</span>
      {count > 0 && (
        <span className="jp-RucioSearch-filtersCount">{count}</span>
      )}
    </Button>
  );
}
