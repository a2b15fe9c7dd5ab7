import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useId, useState } from 'react';

import { type INameRules, nameFault, suggestName } from '../model/variableName';
import { nameFaultWords } from './attachmentWords';
import type { IAttachValue } from './AttachForm';

export interface IAttachSeveralFormProps {
  dids: readonly string[];
  notebook: string;
  taken: ReadonlySet<string>;
  rules: INameRules;
  /** Told null while a name is wrong. */
  onChange: (values: readonly IAttachValue[] | null) => void;
  trans: TranslationBundle;
}

/** Several DIDs and the names of their variables, checked while they are typed. */
export function AttachSeveralForm(props: IAttachSeveralFormProps): JSX.Element {
  const { dids, notebook, taken, rules, onChange, trans } = props;
  const [names, setNames] = useState(() => suggestNames(dids, taken, rules));
  const faults = names.map((name, i) =>
    nameFault(name, withOthers(taken, names, i), rules)
  );
  const isValid = faults.every(fault => fault === null);
  useEffect(() => {
    onChange(
      isValid ? dids.map((did, i) => ({ did, variableName: names[i] })) : null
    );
  }, [onChange, isValid, dids, names]);
  const set = (index: number, name: string) =>
    setNames(names.map((before, i) => (i === index ? name : before)));
  const id = useId();

  return (
    <div className="jp-RucioAttachSeveral">
      <p>{trans.__('Variables in %1', notebook)}</p>
      <ul>
        {dids.map((did, i) => {
          const fault = faults[i];
          const message =
            fault && nameFaultWords(fault, names[i], rules, trans);
          return (
            <li key={did}>
              <label>
                <span>{did}</span>
                <input
                  className="jp-mod-styled jp-RucioAttach-name"
                  name={`variable-${i}`}
                  value={names[i]}
                  autoComplete="off"
                  autoCapitalize="off"
                  spellCheck={false}
                  aria-invalid={fault !== null}
                  aria-describedby={fault ? `${id}-${i}` : undefined}
                  onChange={event =>
                    set(i, event.target.value.normalize('NFKC'))
                  }
                />
              </label>
              {message && (
                <p id={`${id}-${i}`} data-tone="error" role="alert">
                  {message}
                </p>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** A free name for each, none of them twice. */
function suggestNames(
  dids: readonly string[],
  taken: ReadonlySet<string>,
  rules: INameRules
): string[] {
  const used = new Set(taken);
  return dids.map(did => {
    const name = suggestName(did, used, rules);
    used.add(name);
    return name;
  });
}

function withOthers(
  taken: ReadonlySet<string>,
  names: readonly string[],
  index: number
): ReadonlySet<string> {
  return new Set([...taken, ...names.filter((_, i) => i !== index)]);
}
