import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, closeIcon, HTMLSelect } from '@jupyterlab/ui-components';
import React, { useId, useState } from 'react';

import type { IMetadataKey, MetadataType } from '../api/types';
import {
  OPERATORS,
  type ConditionProblem,
  type ICondition,
  type Operator
} from '../model/filters';
import type { ICompletionOption } from './Completion';
import { CompletionField } from './CompletionField';
import { formatCount } from './format';
import {
  metadataTypeWord,
  OPERATOR_SIGNS,
  operatorWord,
  problemWords
} from './searchWords';

export interface IFilterRowProps {
  rowId: string;
  condition: ICondition;
  problem: ConditionProblem | null;
  /** What the value is meant as, chosen by the user or by itself. */
  type: MetadataType;
  keys: readonly IMetadataKey[];
  onChange: (change: Partial<ICondition>) => void;
  onRemove: () => void;
  trans: TranslationBundle;
}

const TYPES: readonly MetadataType[] = ['string', 'number', 'boolean', 'date'];
const AUTOMATIC = 'automatic';
const MOST_OPTIONS = 50;

/** One condition: key, operator, value, and what the value is. */
export function FilterRow(props: IFilterRowProps): JSX.Element {
  const { condition, problem, keys, trans, onChange, onRemove } = props;
  const messageId = useId();
  const described = problem === null ? undefined : messageId;
  return (
    <div
      className="jp-RucioFilter"
      data-row={props.rowId}
      role="group"
      aria-label={trans.__('Condition')}
    >
      <OptionField
        className="jp-RucioFilter-key"
        label={trans.__('Metadata key')}
        optionsLabel={trans.__('Known keys')}
        placeholder={trans.__('key')}
        value={condition.key}
        options={keys.map(one => ({
          key: one.key,
          label: one.key,
          detail: one.type === null ? '' : metadataTypeWord(one.type, trans)
        }))}
        isInvalid={problem !== null && KEY_PROBLEMS.has(problem)}
        describedBy={described}
        onChange={key => onChange({ key })}
        trans={trans}
      />
      <HTMLSelect
        className="jp-RucioFilter-operator"
        aria-label={trans.__('Comparison')}
        title={operatorWord(condition.operator, trans)}
        value={condition.operator}
        options={OPERATORS.map(operator => ({
          value: operator,
          label: OPERATOR_SIGNS[operator]
        }))}
        onChange={event =>
          onChange({ operator: event.target.value as Operator })
        }
      />
      <OptionField
        className="jp-RucioFilter-value"
        label={trans.__('Value')}
        optionsLabel={trans.__('Known values')}
        placeholder={valuePlaceholder(props)}
        value={condition.value}
        options={valueOptions(props)}
        isInvalid={problem !== null && !KEY_PROBLEMS.has(problem)}
        describedBy={described}
        onChange={value => onChange({ value })}
        trans={trans}
      />
      <TypeSelect {...props} />
      <Button
        type="button"
        minimal
        className="jp-RucioFilter-remove"
        aria-label={trans.__(
          'Remove the condition on %1',
          condition.key || trans.__('no key')
        )}
        title={trans.__('Remove')}
        onClick={onRemove}
      >
        <closeIcon.react tag="span" />
      </Button>
      <div id={messageId} className="jp-RucioFilter-problem" aria-live="polite">
        {problem !== null && problemWords(problem, trans)}
      </div>
    </div>
  );
}

const KEY_PROBLEMS: ReadonlySet<ConditionProblem> = new Set([
  'no-key',
  'dotted-key',
  'name-key',
  'duplicate'
]);

function TypeSelect(props: IFilterRowProps): JSX.Element {
  const { condition, type, trans, onChange } = props;
  const isChosen = condition.type !== null;
  const options = TYPES.map(one => ({
    value: one as string,
    label: metadataTypeWord(one, trans)
  }));
  if (isChosen) {
    options.push({ value: AUTOMATIC, label: trans.__('Choose by itself') });
  }
  return (
    <HTMLSelect
      className={`jp-RucioFilter-type ${isChosen ? 'jp-mod-chosen' : ''}`}
      aria-label={trans.__('What the value is')}
      title={
        isChosen
          ? trans.__('What the value is')
          : trans.__('What the value is, chosen by the key and by its look')
      }
      value={type}
      options={options}
      onChange={event => {
        const value = event.target.value;
        onChange({
          type: value === AUTOMATIC ? null : (value as MetadataType)
        });
      }}
    />
  );
}

function valuePlaceholder(props: IFilterRowProps): string {
  const { condition, type, trans } = props;
  if (type === 'date') {
    return trans.__('2024-05-31');
  }
  const isEqual = condition.operator === 'eq' || condition.operator === 'ne';
  return type === 'string' && isEqual
    ? trans.__('value, or a pattern with *')
    : trans.__('value');
}

function valueOptions(props: IFilterRowProps): ICompletionOption[] {
  const { condition, type, keys } = props;
  const name = condition.key.trim();
  const values =
    keys.find(one => one.key === name)?.values ??
    (type === 'boolean' ? [true, false] : []);
  return values.map(value => ({ key: String(value), label: String(value) }));
}

interface IOptionFieldProps {
  className: string;
  label: string;
  optionsLabel: string;
  placeholder: string;
  value: string;
  options: ICompletionOption[];
  isInvalid: boolean;
  describedBy: string | undefined;
  onChange: (value: string) => void;
  trans: TranslationBundle;
}

/** A field for anything, with what is known to choose from. */
function OptionField(props: IOptionFieldProps): JSX.Element {
  const { value, options, label, trans, onChange } = props;
  const [isBrowsing, setBrowsing] = useState(false);
  const wanted = isBrowsing ? '' : value.trim().toLowerCase();
  const matches = options.filter(option =>
    option.label.toLowerCase().includes(wanted)
  );
  const more = matches.length - MOST_OPTIONS;
  // What is there already need not be offered.
  const isThere =
    !isBrowsing && matches.length === 1 && matches[0].label === value;
  return (
    <CompletionField
      className={`jp-mod-styled ${props.className}`}
      value={value}
      placeholder={props.placeholder}
      aria-label={label}
      aria-invalid={props.isInvalid}
      aria-describedby={props.describedBy}
      title={value}
      options={isThere ? [] : matches.slice(0, MOST_OPTIONS)}
      optionsLabel={props.optionsLabel}
      onChange={onChange}
      onOpen={how => setBrowsing(how === 'browsing')}
      onAccept={option => onChange(option.label)}
      footer={
        more > 0 && trans._n('%2 more', '%2 more', more, formatCount(more))
      }
    />
  );
}
