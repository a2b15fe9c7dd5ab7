import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React, { useRef } from 'react';

import { ErrorCode, isFilterFault } from '../api/errors';
import type { SearchModel } from '../model/search';
import type { IInstancesModel } from '../tokens';
import { DidTree, type IDidTreeProps } from './DidTree';
import { Note } from './Note';
import { panelNote, type IPanelNote } from './notes';
import { SearchBeginning } from './SearchBeginning';
import { SearchForm } from './SearchForm';
import { SearchStatus } from './SearchStatus';
import { SearchTools } from './SearchTools';
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
  useSignal(model.conditions.changed);
  useSignal(instances.changed);
  const node = useRef<HTMLDivElement>(null);
  return (
    <div ref={node} className="jp-RucioExplore">
      <SearchForm model={model} instances={instances} trans={trans} />
      {model.count > 0 && (
        <SearchTools
          tree={model.tree}
          trans={trans}
          onLeaveDown={() =>
            node.current?.querySelector<HTMLElement>('.jp-RucioTree')?.focus()
          }
        />
      )}
      <SearchStatus model={model} trans={trans} />
      <Problem {...props} />
      <Results {...props} />
    </div>
  );
}

function Results(props: IExploreProps): JSX.Element {
  const { model, trans } = props;
  const { tree } = model;
  useSignal(tree.changed);
  if (tree.length > 0) {
    return <DidTree {...props} tree={tree} instance={model.instance} />;
  }
  if (tree.loadedCount > 0) {
    return (
      <div className="jp-RucioExplore-empty" role="status">
        <p>{trans.__('None of the names has “%1”.', tree.nameFilter)}</p>
        <Button className="jp-RucioLink" onClick={() => tree.setNameFilter('')}>
          {trans.__('Show all rows')}
        </Button>
      </div>
    );
  }
  return <Nothing {...props} />;
}

/** What went wrong with the search, beside the rows that came before it did. */
function Problem(props: IExploreProps): JSX.Element | null {
  const { model, trans, onSignIn } = props;
  switch (model.problem) {
    case 'filters':
      return model.conditions.isOpen ? null : (
        <Note
          tone="info"
          trans={trans}
          title={trans.__('One of the filters cannot be searched for.')}
          action={{
            label: trans.__('Show the filters'),
            run: () => model.conditions.setOpen(true)
          }}
        />
      );
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
  if (
    model.error === null ||
    // Said where the filters are.
    (isFilterFault(model.error) && model.conditions.isOpen)
  ) {
    return null;
  }
  const isSignIn = model.error.code === ErrorCode.notAuthenticated;
  const above = noteAbove(props);
  if (above) {
    return (
      <div className="jp-RucioSearch-status" role="status">
        {isSignIn
          ? above.button.action === 'sign-in'
            ? trans.__('The search goes on when you have signed in.')
            : trans.__('The search goes on by itself once that is mended.')
          : model.isRepeating
            ? trans.__('The search goes on by itself when Rucio answers.')
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
      text={
        model.isRepeating
          ? trans.__('%1 It is tried again from time to time.', hint).trim()
          : hint
      }
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

/** What the header says already of what kept the search from its end. */
function noteAbove(props: IExploreProps): IPanelNote | null {
  const { model, instances, trans } = props;
  return model.error !== null && CONNECTION_CODES.has(model.error.code)
    ? panelNote(instances, trans)
    : null;
}

const CONNECTION_CODES: ReadonlySet<string> = new Set([
  ErrorCode.notAuthenticated,
  ErrorCode.rucioUnreachable,
  ErrorCode.rucioTimeout,
  ErrorCode.rucioBusy
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
          {nothingWords(model, trans)}
        </div>
      );
    case 'stopped':
      return (
        <div className="jp-RucioExplore-empty" role="status">
          {trans.__('Stopped before anything was found.')}
        </div>
      );
    default:
      return (
        <SearchBeginning model={model} instances={instances} trans={trans} />
      );
  }
}

function nothingWords(model: SearchModel, trans: TranslationBundle): string {
  const isFiltered = model.filters.length > 0;
  if (model.inside !== null) {
    return isFiltered
      ? trans.__('Nothing found inside %1 with these filters.', model.inside)
      : trans.__('Nothing found inside %1.', model.inside);
  }
  return isFiltered
    ? trans.__('Nothing found for %1 with these filters.', model.text)
    : trans.__('Nothing found for %1.', model.text);
}
