import type { TranslationBundle } from '@jupyterlab/translation';
import {
  Button,
  closeIcon,
  HTMLSelect,
  searchIcon
} from '@jupyterlab/ui-components';
import React, { useEffect, useRef, useState } from 'react';

import type { DidTypeFilter } from '../api/types';
import type { SearchModel } from '../model/search';
import { SearchCount } from './SearchStatus';

export interface ISearchFormProps {
  model: SearchModel;
  trans: TranslationBundle;
}

/** The one field, and what kind of DID to look for. */
export function SearchForm(props: ISearchFormProps): JSX.Element {
  const { model, trans } = props;
  const [text, setText] = useState(model.text);
  const field = useRef<HTMLInputElement>(null);
  // A search that was begun elsewhere, by a command or a link, shows in the field too.
  useEffect(() => setText(model.text), [model.text]);

  const types: { value: DidTypeFilter; label: string }[] = [
    { value: 'all', label: trans.__('Everything') },
    { value: 'collection', label: trans.__('Collections') },
    { value: 'container', label: trans.__('Containers') },
    { value: 'dataset', label: trans.__('Datasets') },
    { value: 'file', label: trans.__('Files') }
  ];

  return (
    <form
      className="jp-RucioSearch"
      role="search"
      onSubmit={event => {
        event.preventDefault();
        void model.search(text);
      }}
    >
      <div className="jp-RucioSearch-field">
        <searchIcon.react tag="span" className="jp-RucioIcon" />
        <input
          ref={field}
          type="text"
          value={text}
          placeholder={trans.__('scope:name')}
          aria-label={trans.__('Search data identifiers')}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          onChange={event => setText(event.target.value)}
        />
        {text && (
          <Button
            type="button"
            minimal
            className="jp-RucioSearch-clear"
            aria-label={trans.__('Clear the search')}
            onClick={() => {
              setText('');
              void model.search('');
              field.current?.focus();
            }}
          >
            <closeIcon.react tag="span" />
          </Button>
        )}
      </div>
      <div className="jp-RucioSearch-line">
        <HTMLSelect
          className="jp-RucioSearch-type"
          aria-label={trans.__('Kind of data identifier')}
          value={model.type}
          options={types}
          onChange={event =>
            void model.search(text, event.target.value as DidTypeFilter)
          }
        />
        <SearchCount model={model} trans={trans} />
      </div>
    </form>
  );
}
