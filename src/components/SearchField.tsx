import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, closeIcon, searchIcon } from '@jupyterlab/ui-components';
import React, { useEffect, useRef, useState } from 'react';

import { pastedDids } from '../model/did';
import type { ISearchTerms } from '../model/history';
import type { SearchModel } from '../model/search';
import type { IInstancesModel } from '../tokens';
import type { ICompletionOption } from './Completion';
import { CompletionField } from './CompletionField';
import { formatCount } from './format';
import { searchWords } from './searchWords';
import { useSignal } from './signals';

export interface ISearchFieldProps {
  model: SearchModel;
  instances: IInstancesModel;
  trans: TranslationBundle;
  /** What is typed, which is not searched for yet. */
  text: string;
  onText: (text: string) => void;
  /** So many identifiers were pasted at once, of which the first one is in the field. */
  onPasted: (count: number) => void;
}

/** More would not be read, and would have to be drawn. */
const MOST_SCOPES = 50;

interface IOption extends ICompletionOption {
  /** A scope to go on from, or a search of before. */
  readonly scope?: string;
  readonly terms?: ISearchTerms;
}

/** The one field: identifiers, with scopes and recent searches to choose from. */
export function SearchField(props: ISearchFieldProps): JSX.Element {
  const { model, instances, trans, text, onText, onPasted } = props;
  useSignal(model.scopes.changed);
  useSignal(model.history.changed);
  const input = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [isBrowsing, setBrowsing] = useState(false);
  useEffect(() => void model.history.load(), [model]);

  const instance = instances.active?.name ?? '';
  const isScope = !isBrowsing && text.trim() !== '' && !text.includes(':');
  const matches = isScope ? model.scopes.matches(text, MOST_SCOPES) : null;
  const options: IOption[] = matches
    ? matches.scopes.map(scope => ({ key: scope, label: `${scope}:`, scope }))
    : isBrowsing
      ? recentOptions(model.history.of(instance), trans)
      : [];

  const clear = () => {
    onText('');
    void model.search('', { inside: null });
    input.current?.focus();
  };
  return (
    <div ref={box} className="jp-RucioSearch-field">
      <searchIcon.react tag="span" className="jp-RucioIcon" />
      {model.inside !== null && (
        <InsideChip inside={model.inside} trans={trans} onRemove={clear} />
      )}
      <CompletionField<IOption>
        inputRef={input}
        anchor={box}
        className="jp-RucioSearch-input"
        value={text}
        placeholder={trans.__('scope:name')}
        aria-label={trans.__('Search data identifiers')}
        options={options}
        optionsLabel={
          isBrowsing ? trans.__('Recent searches') : trans.__('Scopes')
        }
        isEager={isScope}
        onChange={changed => {
          onText(changed);
          onPasted(0);
        }}
        onOpen={how => {
          setBrowsing(how === 'browsing');
          if (how === 'typing') {
            model.scopes.load();
          }
        }}
        onAccept={option => {
          if (option.terms) {
            void model.recall(option.terms);
            onText(option.terms.text);
          } else {
            onText(`${option.scope}:`);
          }
        }}
        onEscape={() => model.stop()}
        onPaste={event => {
          const dids = pastedDids(event.clipboardData.getData('text'));
          if (dids.length > 1) {
            // The field would join the lines to one wrong identifier.
            event.preventDefault();
            onText(dids[0]);
            onPasted(dids.length);
          }
        }}
        remove={
          isBrowsing
            ? {
                label: trans.__('Forget this search (Shift+Delete)'),
                run: ({ terms }) =>
                  terms && model.history.remove(instance, terms)
              }
            : undefined
        }
        footer={
          isBrowsing ? (
            <>
              <span>{trans.__('Shift+Delete forgets one')}</span>
              <Button
                type="button"
                className="jp-RucioLink"
                tabIndex={-1}
                onClick={() => model.history.clear(instance)}
              >
                {trans.__('Forget all')}
              </Button>
            </>
          ) : (
            matches !== null &&
            matches.more > 0 &&
            trans._n(
              '%2 more scope: type more of it',
              '%2 more scopes: type more',
              matches.more,
              formatCount(matches.more)
            )
          )
        }
      />
      {(text || model.inside !== null) && (
        <Button
          type="button"
          minimal
          className="jp-RucioSearch-clear"
          aria-label={trans.__('Clear the search')}
          title={trans.__('Clear the search')}
          onClick={clear}
        >
          <closeIcon.react tag="span" />
        </Button>
      )}
    </div>
  );
}

function InsideChip(props: {
  inside: string;
  trans: TranslationBundle;
  onRemove: () => void;
}): JSX.Element {
  const { inside, trans, onRemove } = props;
  return (
    <span className="jp-RucioChip jp-RucioSearch-inside">
      <span className="jp-RucioChip-text" title={inside}>
        {trans.__('inside %1', inside)}
      </span>
      <Button
        type="button"
        minimal
        className="jp-RucioChip-remove"
        aria-label={trans.__('No longer search inside %1', inside)}
        onClick={onRemove}
      >
        <closeIcon.react tag="span" />
      </Button>
    </span>
  );
}

function recentOptions(
  searches: readonly ISearchTerms[],
  trans: TranslationBundle
): IOption[] {
  return searches.map(terms => {
    const { text, detail } = searchWords(terms, trans);
    return { key: `${text}\n${detail}`, label: text, detail, terms };
  });
}
