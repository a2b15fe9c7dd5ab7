import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React from 'react';

import type { SearchModel } from '../model/search';
import { formatCount } from './format';

interface IProps {
  model: SearchModel;
  trans: TranslationBundle;
}

/** How many rows so far, and how to stop while there come more. */
export function SearchCount(props: IProps): JSX.Element | null {
  const { model, trans } = props;
  if (model.phase === 'running') {
    return (
      <span className="jp-RucioSearch-count">
        <span aria-hidden="true">{formatCount(model.count)}…</span>
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
      {trans._n('%2 found', '%2 found', model.count, formatCount(model.count))}
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
          'These are the first %1; there are more. Search for less, or raise the limit in the settings.',
          formatCount(model.count)
        )}
      </div>
    );
  }
  return null;
}
