import { HTMLSelect } from '@jupyterlab/ui-components';
import React from 'react';

import type { ICompletionOption } from '../Completion';
import { CompletionField } from '../CompletionField';
import { formatCount } from '../format';
import { Labelled } from './Labelled';
import type { IUploadFieldsProps } from './UploadForm';
import { choiceWords, faultWords } from './uploadWords';

/** More would not be read. */
const MOST_SCOPES = 50;

/** The scope of the names and the RSE that the bytes go to. */
export function UploadDestination(props: IUploadFieldsProps): JSX.Element {
  const { model, trans, wrong } = props;
  const { choices, fields } = model;
  const { scopes, more } = choices.scopes(fields.scope, MOST_SCOPES);
  const options: ICompletionOption[] = scopes.map(scope => ({
    key: scope,
    label: scope
  }));
  return (
    <>
      <Labelled label={trans.__('Scope')}>
        {id => (
          <CompletionField
            id={id}
            className="jp-mod-styled"
            name="scope"
            value={fields.scope}
            onChange={scope => model.set({ scope })}
            options={options}
            optionsLabel={trans.__('Scopes')}
            onAccept={({ key }) => model.set({ scope: key })}
            footer={
              more > 0 ? trans.__('and %1 more', formatCount(more)) : undefined
            }
            {...wrong('scope')}
          />
        )}
      </Labelled>
      <Rse {...props} />
    </>
  );
}

/** A choice among the RSEs that can be written to; a field to type in where they are not known. */
function Rse(props: IUploadFieldsProps): JSX.Element {
  const { model, trans, wrong } = props;
  const { choices, fields } = model;
  const { places, placesError } = choices;
  if (placesError !== null) {
    return (
      <>
        <Labelled label={trans.__('RSE')}>
          {id => (
            <input
              id={id}
              className="jp-mod-styled"
              name="rse"
              autoComplete="off"
              spellCheck={false}
              value={fields.rse}
              onChange={event => model.set({ rse: event.target.value })}
              {...wrong('rse')}
            />
          )}
        </Labelled>
        <p data-tone="warn" role="alert">
          {trans.__(
            'The RSEs could not be listed: %1',
            faultWords(placesError, trans)
          )}
        </p>
      </>
    );
  }
  const own = (places ?? []).filter(place => place.isOwn);
  const others = (places ?? []).filter(place => !place.isOwn);
  const isListed = places?.some(place => place.rse === fields.rse) ?? false;
  const toOption = (place: (typeof own)[number]) => (
    <option key={place.rse} value={place.rse}>
      {choiceWords(place, trans)}
    </option>
  );
  return (
    <Labelled label={trans.__('RSE')}>
      {id => (
        <HTMLSelect
          id={id}
          name="rse"
          value={fields.rse}
          onChange={event => model.set({ rse: event.target.value })}
          {...wrong('rse')}
        >
          {fields.rse === '' && (
            <option value="">
              {places === null
                ? trans.__('Asking Rucio…')
                : trans.__('Choose one')}
            </option>
          )}
          {fields.rse !== '' && !isListed && (
            <option value={fields.rse}>{fields.rse}</option>
          )}
          {own.length > 0 && (
            <optgroup label={trans.__('Where you have a quota')}>
              {own.map(toOption)}
            </optgroup>
          )}
          {others.length > 0 && (
            <optgroup label={trans.__('Others that can be written to')}>
              {others.map(toOption)}
            </optgroup>
          )}
        </HTMLSelect>
      )}
    </Labelled>
  );
}
