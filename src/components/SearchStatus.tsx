import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React from 'react';

import type { SearchModel } from '../model/search';
import { formatCount } from './format';
import { useSignal } from './signals';

interface IProps {
  model: SearchModel;
  trans: TranslationBundle;
}

/** How many rows so far, and how to stop while there come more. */
export function SearchCount(props: IProps): JSX.Element | null {
  const { model, trans } = props;
  const { tree } = model;
  useSignal(tree.changed);
  const shown =
    tree.nameFilter.trim() === ''
      ? null
      : trans.__(
          '%1 of %2 shown',
          formatCount(tree.shownCount),
          formatCount(tree.loadedCount)
        );
  if (model.phase === 'running') {
    return (
      <span className="jp-RucioSearch-count">
        {shown === null ? (
          <span aria-hidden="true">{formatCount(model.count)}…</span>
        ) : (
          <span role="status">{shown}…</span>
        )}
        <Button
          type="button"
          className="jp-RucioLink"
          onClick={() => model.stop()}
        >
          {trans.__('Stop')}
        </Button>
      </span>
    );
  }
  if (model.phase === 'idle' || model.count === 0) {
    return null;
  }
  return (
    <span className="jp-RucioSearch-count" role="status">
      {shown ??
        trans._n('%2 found', '%2 found', model.count, formatCount(model.count))}
    </span>
  );
}

/** What the rows do not tell: that there are more. */
export function SearchStatus(props: IProps): JSX.Element | null {
  const { model, trans } = props;
  if (model.phase === 'stopped' && model.count > 0) {
    return (
      <div className="jp-RucioSearch-status" role="status">
        {trans.__('Stopped; there may be more.')}
        <Button className="jp-RucioLink" onClick={() => void model.again()}>
          {trans.__('Search again')}
        </Button>
      </div>
    );
  }
  if (model.isTruncated) {
    return (
      <div className="jp-RucioSearch-status" role="status">
        {trans.__(
          'These are the first %1; there are more.',
          formatCount(model.count)
        )}
        <Button
          className="jp-RucioLink"
          title={trans.__('The limit is one of the settings of Rucio')}
          onClick={() => void model.again({ isUnlimited: true })}
        >
          {trans.__('Show all')}
        </Button>
      </div>
    );
  }
  return null;
}
