import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useRef, useState } from 'react';

import type { ApiError } from '../api/errors';
import { parseDid } from '../model/did';
import { type INameRules, nameFault, suggestName } from '../model/variableName';
import { nameFaultWords } from './attachmentWords';
import { RucioSaid } from './Note';
import { errorText } from './words';

/** What was typed. */
export interface IAttachValue {
  did: string;
  variableName: string;
}

export interface IAttachFormProps {
  /** null where it has to be typed. */
  did: string | null;
  /** The name to begin with; one is proposed where it is left out. */
  variableName?: string;
  notebook: string;
  taken: ReadonlySet<string>;
  rules: INameRules;
  isBusy: boolean;
  error: ApiError | null;
  onChange: (value: IAttachValue, isValid: boolean) => void;
  trans: TranslationBundle;
}

/** A DID and the name of its variable, checked while it is typed. */
export function AttachForm(props: IAttachFormProps): JSX.Element {
  const { taken, rules, trans, onChange, isBusy, error } = props;
  const [did, setDid] = useState(props.did ?? '');
  const [typed, setTyped] = useState<string | null>(props.variableName ?? null);
  const hasDid = Boolean(parseDid(did)?.name);
  const name = typed ?? (hasDid ? suggestName(did, taken, rules) : '');
  const fault = nameFault(name, taken, rules);
  const isValid = hasDid && fault === null;
  const nameInput = useRef<HTMLInputElement>(null);

  useEffect(() => {
    onChange({ did: did.trim(), variableName: name }, isValid);
  }, [did, name, isValid, onChange]);
  useEffect(() => {
    nameInput.current?.select();
  }, []);

  const message =
    fault !== null && (hasDid || typed !== null)
      ? nameFaultWords(fault, name, rules, trans)
      : '';
  return (
    <div className="jp-RucioAttach">
      {props.did === null ? (
        <label>
          <span>{trans.__('Data identifier')}</span>
          <input
            className="jp-mod-styled"
            name="did"
            value={did}
            placeholder={trans.__('scope:name')}
            spellCheck={false}
            disabled={isBusy}
            aria-invalid={did !== '' && !hasDid}
            onChange={event => setDid(event.target.value)}
          />
        </label>
      ) : (
        <p className="jp-RucioAttach-did">{did}</p>
      )}
      <label>
        <span>{trans.__('Variable in %1', props.notebook)}</span>
        <input
          ref={nameInput}
          className="jp-mod-styled jp-RucioAttach-name"
          name="variable"
          value={name}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          disabled={isBusy}
          aria-invalid={message !== ''}
          aria-describedby="jp-RucioAttach-message"
          onChange={event => setTyped(event.target.value.normalize('NFKC'))}
        />
      </label>
      <div
        id="jp-RucioAttach-message"
        className="jp-RucioAttach-message"
        aria-live="polite"
      >
        {isBusy ? (
          trans.__('Asking Rucio…')
        ) : message ? (
          <span data-tone="error">{message}</span>
        ) : (
          error && <ErrorMessage error={error} trans={trans} />
        )}
      </div>
    </div>
  );
}

function ErrorMessage(props: {
  error: ApiError;
  trans: TranslationBundle;
}): JSX.Element {
  const { message, hint } = errorText(props.error, props.trans);
  return (
    <>
      <span data-tone="error">
        {message} {hint}
      </span>
      {props.error.rucio && (
        <RucioSaid fault={props.error.rucio} trans={props.trans} />
      )}
    </>
  );
}
