import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, closeIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { isBlank } from '../model/filters';
import type { SearchModel } from '../model/search';
import { conditionWords } from './searchWords';

export interface IFilterChipsProps {
  model: SearchModel;
  trans: TranslationBundle;
}

/** The conditions in short, while their rows are closed. */
export function FilterChips(props: IFilterChipsProps): JSX.Element | null {
  const { model, trans } = props;
  const { conditions } = model;
  if (conditions.count === 0) {
    return null;
  }
  const remove = (group: number, row: number) => {
    conditions.remove(group, row);
    if (model.isOutdated) {
      void model.again();
    }
  };
  let isFirstGroup = true;
  return (
    <div
      className="jp-RucioFilterChips"
      role="group"
      aria-label={trans.__('Filters of this search')}
    >
      {conditions.groups.map((group, g) => {
        if (group.every(isBlank)) {
          return null;
        }
        const chips = group.map((condition, r) => {
          if (isBlank(condition)) {
            return null;
          }
          const words = conditionWords(condition);
          return (
            <span key={r} className="jp-RucioChip">
              <button
                type="button"
                className="jp-RucioChip-text"
                title={trans.__('%1 (change)', words)}
                onClick={() => conditions.setOpen(true)}
              >
                {words}
              </button>
              <Button
                type="button"
                minimal
                className="jp-RucioChip-remove"
                aria-label={trans.__('Remove the filter %1', words)}
                onClick={() => remove(g, r)}
              >
                <closeIcon.react tag="span" />
              </Button>
            </span>
          );
        });
        const isAlternative = !isFirstGroup;
        isFirstGroup = false;
        return (
          <React.Fragment key={g}>
            {isAlternative && (
              <span className="jp-RucioFilterChips-or">{trans.__('or')}</span>
            )}
            {chips}
          </React.Fragment>
        );
      })}
    </div>
  );
}
