import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React from 'react';

import { ErrorCode } from '../api/errors';
import type { SearchModel } from '../model/search';
import type { IInstancesModel } from '../tokens';
import { DidTree, type IDidTreeProps } from './DidTree';
import { Note } from './Note';
import { panelNote } from './notes';
import { SearchForm } from './SearchForm';
import { SearchStatus } from './SearchStatus';
import { useSignal } from './signals';
import { errorText } from './words';

export interface IExploreProps extends Omit<
  IDidTreeProps,
  'tree' | 'instance'
> {
  model: SearchModel;
  instances: IInstancesModel;
  trans: TranslationBundle;
  onSignIn: () => void;
}

/** Search, its results, and what is in them. */
export function Explore(props: IExploreProps): JSX.Element {
  const { model, instances, trans } = props;
  useSignal(model.changed);
  useSignal(instances.changed);
  return (
    <div className="jp-RucioExplore">
      <SearchForm model={model} trans={trans} />
      <SearchStatus model={model} trans={trans} />
      <Problem {...props} />
      {model.tree.length > 0 ? (
        <DidTree {...props} tree={model.tree} instance={model.instance} />
      ) : (
        <Nothing {...props} />
      )}
    </div>
  );
}

/** What went wrong with the search, beside the rows that came before it did. */
function Problem(props: IExploreProps): JSX.Element | null {
  const { model, trans, onSignIn } = props;
  switch (model.problem) {
    case 'no-colon':
      return (
        <Note
          tone="info"
          trans={trans}
          title={trans.__('A data identifier has two parts: scope:name.')}
          text={trans.__(
            'For example demo:dimuon_2021. A scope and a colon alone, demo:, list everything in the scope.'
          )}
        />
      );
    case 'scope-wildcard':
      return (
        <Note
          tone="info"
          trans={trans}
          title={trans.__('The scope has to be written in full.')}
          text={trans.__('A * can stand in the name only.')}
        />
      );
    case 'name-wildcard':
      return (
        <Note
          tone="info"
          trans={trans}
          title={trans.__('Searching with * is switched off for this Rucio.')}
          text={trans.__(
            'Write the whole name, or a scope and a colon alone to list everything in the scope.'
          )}
        />
      );
    default:
      break;
  }
  if (model.error === null) {
    return null;
  }
  const isSignIn = model.error.code === ErrorCode.notAuthenticated;
  if (isToldAbove(props)) {
    return (
      <div className="jp-RucioSearch-status" role="status">
        {isSignIn
          ? trans.__('The search goes on when you have signed in.')
          : trans.__('The search did not finish.')}
        {!isSignIn && (
          <Button className="jp-RucioLink" onClick={() => void model.again()}>
            {trans.__('Try again')}
          </Button>
        )}
      </div>
    );
  }
  const { message, hint } = errorText(model.error, trans);
  // An unknown scope stays unknown, however often it is asked for.
  const isWrongQuestion = model.error.status >= 400 && model.error.status < 500;
  return (
    <Note
      tone="error"
      trans={trans}
      title={message}
      text={hint}
      rucio={model.error.rucio}
      action={
        isSignIn
          ? { label: trans.__('Sign in…'), run: onSignIn }
          : isWrongQuestion
            ? undefined
            : { label: trans.__('Try again'), run: () => void model.again() }
      }
    />
  );
}

/** Whether the header says already what kept the search from its end. */
function isToldAbove(props: IExploreProps): boolean {
  const { model, instances, trans } = props;
  return (
    model.error !== null &&
    CONNECTION_CODES.has(model.error.code) &&
    panelNote(instances, trans) !== null
  );
}

const CONNECTION_CODES: ReadonlySet<string> = new Set([
  ErrorCode.notAuthenticated,
  ErrorCode.rucioUnreachable,
  ErrorCode.rucioTimeout
]);

/** In place of rows: how to begin, or that there is nothing. */
function Nothing(props: IExploreProps): JSX.Element | null {
  const { model, instances, trans } = props;
  if (model.problem !== null || model.error !== null) {
    return null;
  }
  switch (model.phase) {
    case 'running':
      return (
        <div className="jp-RucioExplore-empty" role="status">
          {model.isSlow
            ? trans.__('Rucio takes longer than usual…')
            : trans.__('Searching…')}
        </div>
      );
    case 'done':
      return (
        <div className="jp-RucioExplore-empty" role="status">
          {trans.__('Nothing found for %1.', model.text)}
        </div>
      );
    case 'stopped':
      return (
        <div className="jp-RucioExplore-empty" role="status">
          {trans.__('Stopped before anything was found.')}
        </div>
      );
    default:
      return <Beginning model={model} instances={instances} trans={trans} />;
  }
}

function Beginning(
  props: Pick<IExploreProps, 'model' | 'instances' | 'trans'>
): JSX.Element {
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
    </div>
  );
}
