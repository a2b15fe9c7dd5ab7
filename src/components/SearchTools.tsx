import type { TranslationBundle } from '@jupyterlab/translation';
import {
  Button,
  caretDownEmptyThinIcon,
  caretUpEmptyThinIcon,
  HTMLSelect
} from '@jupyterlab/ui-components';
import React from 'react';

import type { OrderBy } from '../model/order';
import type { TreeModel } from '../model/tree';
import { useSignal } from './signals';

export interface ISearchToolsProps {
  tree: TreeModel;
  trans: TranslationBundle;
  /** The arrow down: to the rows. */
  onLeaveDown: () => void;
}

/** What can be done to the rows that are here: narrow them down by typing, and sort them. */
export function SearchTools(props: ISearchToolsProps): JSX.Element {
  const { tree, trans, onLeaveDown } = props;
  useSignal(tree.changed);
  const { by, descending } = tree.order;
  const orders: { value: OrderBy; label: string }[] = [
    { value: 'found', label: trans.__('As found') },
    { value: 'name', label: trans.__('Name') },
    { value: 'size', label: trans.__('Size') },
    { value: 'type', label: trans.__('Type') }
  ];
  const direction = descending
    ? trans.__('Descending: turn round')
    : trans.__('Ascending: turn round');
  const DirectionIcon = descending
    ? caretDownEmptyThinIcon
    : caretUpEmptyThinIcon;
  return (
    <div className="jp-RucioSearchTools">
      <input
        type="text"
        className="jp-RucioSearchTools-filter"
        value={tree.nameFilter}
        placeholder={trans.__('Filter…')}
        aria-label={trans.__('Filter the rows that are shown')}
        title={trans.__(
          'Shows only rows whose names have these words; * stands for anything'
        )}
        spellCheck={false}
        autoComplete="off"
        onChange={event => tree.setNameFilter(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Escape' && tree.nameFilter !== '') {
            event.stopPropagation();
            tree.setNameFilter('');
          } else if (event.key === 'ArrowDown') {
            event.preventDefault();
            onLeaveDown();
          }
        }}
      />
      <HTMLSelect
        className="jp-RucioSearchTools-order"
        aria-label={trans.__('Order of the rows')}
        value={by}
        options={orders}
        onChange={event => {
          const chosen = event.target.value as OrderBy;
          // The largest are what one looks for among sizes.
          tree.setOrder({ by: chosen, descending: chosen === 'size' });
        }}
      />
      <Button
        type="button"
        minimal
        className="jp-RucioSearchTools-direction"
        aria-label={direction}
        title={direction}
        onClick={() => tree.setOrder({ by, descending: !descending })}
      >
        <DirectionIcon.react tag="span" />
      </Button>
    </div>
  );
}
