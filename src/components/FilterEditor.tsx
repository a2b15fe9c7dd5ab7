import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React, { useEffect, useRef } from 'react';

import { isFilterFault } from '../api/errors';
import type { SearchModel } from '../model/search';
import { FilterRow } from './FilterRow';
import { Note } from './Note';
import { useSignal } from './signals';
import { errorText } from './words';

export interface IFilterEditorProps {
  model: SearchModel;
  trans: TranslationBundle;
}

/** Conditions on metadata, one a row; groups of them are alternatives. */
export function FilterEditor(props: IFilterEditorProps): JSX.Element {
  const { model, trans } = props;
  const { conditions, keys } = model;
  const node = useRef<HTMLDivElement>(null);
  useSignal(keys.changed);
  /** Which row gets the cursor once it has been drawn. */
  const wanted = useRef<string | null>('0-0');
  useEffect(() => {
    if (wanted.current !== null) {
      node.current
        ?.querySelector<HTMLElement>(`[data-row="${wanted.current}"] input`)
        ?.focus();
      wanted.current = null;
    }
  });
  const problems = conditions.problems;

  const remove = (group: number, row: number) => {
    const isLastOfGroup = conditions.groups[group].length === 1;
    wanted.current = isLastOfGroup
      ? `${Math.max(0, group - 1)}-0`
      : `${group}-${Math.max(0, row - 1)}`;
    conditions.remove(group, row);
  };
  const add = (group: number) => {
    wanted.current = `${group}-${conditions.groups[group].length}`;
    conditions.add(group);
  };
  const addGroup = () => {
    wanted.current = `${conditions.groups.length}-0`;
    conditions.addGroup();
  };

  return (
    <div
      ref={node}
      className="jp-RucioFilters"
      role="group"
      aria-label={trans.__('Filters on metadata')}
    >
      {conditions.groups.map((group, g) => (
        <fieldset key={g} className="jp-RucioFilters-group">
          <legend>
            {g === 0
              ? trans.__('All of these hold')
              : trans.__('or all of these hold')}
          </legend>
          {group.map((condition, r) => (
            <FilterRow
              key={r}
              rowId={`${g}-${r}`}
              condition={condition}
              problem={problems[g][r]}
              type={conditions.typeOf(condition)}
              keys={keys.keys}
              trans={trans}
              onChange={change => conditions.change(g, r, change)}
              onRemove={() => remove(g, r)}
            />
          ))}
          <Button
            type="button"
            className="jp-RucioLink"
            onClick={() => add(g)}
            aria-label={trans.__('Add a condition that also has to hold')}
          >
            {trans.__('+ and')}
          </Button>
          {g === conditions.groups.length - 1 && (
            <Button
              type="button"
              className="jp-RucioLink"
              onClick={addGroup}
              aria-label={trans.__('Add an alternative')}
            >
              {trans.__('+ or')}
            </Button>
          )}
        </fieldset>
      ))}
      <ServerSaid {...props} />
      <div className="jp-RucioFilters-end">
        <Button
          type="button"
          className="jp-RucioButton"
          disabled={conditions.count === 0}
          onClick={() => {
            wanted.current = '0-0';
            conditions.clear();
          }}
        >
          {trans.__('Remove all')}
        </Button>
        <Button type="submit" className="jp-RucioButton jp-mod-primary">
          {trans.__('Search')}
        </Button>
      </div>
    </div>
  );
}

/** What the server, or Rucio, has against the filters. */
function ServerSaid(props: IFilterEditorProps): JSX.Element | null {
  const { model, trans } = props;
  if (model.error === null || !isFilterFault(model.error)) {
    return null;
  }
  const { message, hint } = errorText(model.error, trans);
  return (
    <Note
      tone="error"
      trans={trans}
      title={message}
      text={hint}
      rucio={model.error.rucio}
    />
  );
}
