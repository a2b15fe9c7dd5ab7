import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, closeIcon } from '@jupyterlab/ui-components';
import React, { useEffect } from 'react';

import type { SearchModel } from '../model/search';
import type { IInstancesModel } from '../tokens';
import { searchWords } from './searchWords';
import { useSignal } from './signals';

export interface ISearchBeginningProps {
  model: SearchModel;
  instances: IInstancesModel;
  trans: TranslationBundle;
}

/** While nothing was searched: how to begin, and from where to go on. */
export function SearchBeginning(props: ISearchBeginningProps): JSX.Element {
  const { model, instances, trans } = props;
  const active = instances.active;
  const own =
    active?.authenticated && active.account ? `user.${active.account}:` : null;
  return (
    <div className="jp-RucioExplore-empty">
      <p>{trans.__('Find data by its identifier, and press Enter.')}</p>
      <dl>
        <dt>{trans.__('scope:name')}</dt>
        <dd>{trans.__('this one')}</dd>
        <dt>{trans.__('scope:')}</dt>
        <dd>{trans.__('everything in the scope')}</dd>
        {active?.wildcard_enabled && (
          <>
            <dt>{trans.__('scope:2021*')}</dt>
            <dd>{trans.__('whatever begins so')}</dd>
          </>
        )}
      </dl>
      {own && (
        <Button className="jp-RucioLink" onClick={() => void model.search(own)}>
          {trans.__('What is in %1', own)}
        </Button>
      )}
      <Recent {...props} />
    </div>
  );
}

function Recent(props: ISearchBeginningProps): JSX.Element | null {
  const { model, instances, trans } = props;
  const { history } = model;
  useSignal(history.changed);
  useEffect(() => void history.load(), [history]);
  const instance = instances.active?.name ?? '';
  const searches = history.of(instance);
  if (searches.length === 0) {
    return null;
  }
  return (
    <section className="jp-RucioRecent">
      <div className="jp-RucioRecent-head">
        <h3>{trans.__('Recent searches')}</h3>
        <Button
          className="jp-RucioLink"
          onClick={() => history.clear(instance)}
        >
          {trans.__('Forget all')}
        </Button>
      </div>
      <ul aria-label={trans.__('Recent searches')}>
        {searches.map(terms => {
          const { text, detail } = searchWords(terms, trans);
          const words = [text, detail].filter(Boolean).join(' · ');
          return (
            <li key={words}>
              <Button
                className="jp-RucioLink jp-RucioRecent-search"
                title={words}
                onClick={() => void model.recall(terms)}
              >
                {text}
                {detail && (
                  <span className="jp-RucioRecent-detail"> · {detail}</span>
                )}
              </Button>
              <Button
                minimal
                className="jp-RucioRecent-remove"
                aria-label={trans.__('Forget the search %1', words)}
                title={trans.__('Forget this search')}
                onClick={() => history.remove(instance, terms)}
              >
                <closeIcon.react tag="span" />
              </Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
