import type {
  FilterGroup,
  FilterValue,
  IMetadataKey,
  MetadataType
} from '../api/types';
import { readDate } from './filterDates';

/** How a value of metadata is compared; the words are Rucio's own. */
export type Operator = 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte';

export const OPERATORS: readonly Operator[] = [
  'eq',
  'ne',
  'lt',
  'lte',
  'gt',
  'gte'
];

/** One condition on metadata, as it is being written. */
export interface ICondition {
  readonly key: string;
  readonly operator: Operator;
  /** As typed. */
  readonly value: string;
  /** What the value is meant as; null where that is chosen by the key and the look of the value. */
  readonly type: MetadataType | null;
}

/** Conditions that hold together. */
export type ConditionGroup = readonly ICondition[];

/** Alternatives, of which one has to hold. */
export type Conditions = readonly ConditionGroup[];

/** Why a condition cannot be asked. */
export type ConditionProblem =
  | 'no-key'
  | 'dotted-key'
  | 'name-key'
  | 'no-value'
  | 'no-number'
  | 'no-boolean'
  | 'no-date'
  | 'ordered-pattern'
  | 'ordered-boolean'
  | 'duplicate';

export const EMPTY_CONDITION: ICondition = {
  key: '',
  operator: 'eq',
  value: '',
  type: null
};

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const BOOLEAN: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['false', false],
  ['no', false]
]);

/** Whether nothing has been written yet: such rows mean nothing, and no harm. */
export function isBlank(condition: ICondition): boolean {
  return condition.key.trim() === '' && condition.value.trim() === '';
}

/**
 * What a value is meant as.
 *
 * Chosen by the user, by what is known of the key, or by the look of the value, in this order. What
 * looks like a date is a text all the same unless the key is known to be one: JSON metadata have no
 * dates, and ISO dates compare as texts.
 */
export function typeOf(
  condition: ICondition,
  keys: readonly IMetadataKey[]
): MetadataType {
  if (condition.type !== null) {
    return condition.type;
  }
  const name = condition.key.trim();
  const known = keys.find(one => one.key === name)?.type ?? null;
  if (known !== null) {
    // A pattern is a text whatever the key holds.
    return known !== 'string' && condition.value.includes('*')
      ? 'string'
      : known;
  }
  const value = condition.value.trim();
  if (NUMBER.test(value)) {
    return 'number';
  }
  return value === 'true' || value === 'false' ? 'boolean' : 'string';
}

/**
 * What is wrong with each condition, in the shape of the groups; null where nothing is.
 *
 * Rucio's form has one value for a key and an operator, so that the second condition with the same
 * two in a group cannot be said.
 */
export function problemsOf(
  conditions: Conditions,
  keys: readonly IMetadataKey[]
): (ConditionProblem | null)[][] {
  return conditions.map(group => {
    const taken = new Set<string>();
    return group.map(condition => {
      if (isBlank(condition)) {
        return null;
      }
      const said = alternatives(condition, keys);
      if (typeof said === 'string') {
        return said;
      }
      const words = new Set(said.flatMap(one => Object.keys(one)));
      const isSaidTwice = [...words].some(word => taken.has(word));
      words.forEach(word => taken.add(word));
      return isSaidTwice ? 'duplicate' : null;
    });
  });
}

/** Whether all can be asked as it is written. */
export function isSayable(
  conditions: Conditions,
  keys: readonly IMetadataKey[]
): boolean {
  return problemsOf(conditions, keys).every(group =>
    group.every(problem => problem === null)
  );
}

/** The conditions without the rows and groups in which nothing is written. */
export function written(conditions: Conditions): Conditions {
  return conditions
    .map(group => group.filter(condition => !isBlank(condition)))
    .filter(group => group.length > 0);
}

/**
 * The conditions in Rucio's form, of which `problemsOf` finds nothing wrong.
 *
 * A group of conditions becomes several alternatives where one of them is two in Rucio's form: what
 * is not on a day is before or after it.
 */
export function toFilters(
  conditions: Conditions,
  keys: readonly IMetadataKey[]
): FilterGroup[] {
  return written(conditions).flatMap(group =>
    group.reduce<FilterGroup[]>(
      (sofar, condition) => {
        const said = alternatives(condition, keys);
        if (typeof said === 'string') {
          return sofar;
        }
        return sofar.flatMap(one => said.map(more => ({ ...one, ...more })));
      },
      [{}]
    )
  );
}

/** Conditions that say the same as filters in Rucio's form; null where these are none. */
export function fromFilters(filters: unknown): Conditions | null {
  const groups = Array.isArray(filters) ? filters : [filters];
  const conditions: ICondition[][] = [];
  for (const group of groups) {
    if (typeof group !== 'object' || group === null || Array.isArray(group)) {
      return null;
    }
    const row: ICondition[] = [];
    for (const [word, value] of Object.entries(group as object)) {
      const condition = fromWord(word, value);
      if (condition === null) {
        return null;
      }
      row.push(condition);
    }
    conditions.push(row);
  }
  return conditions;
}

function fromWord(word: string, value: unknown): ICondition | null {
  const dot = word.lastIndexOf('.');
  const key = dot < 0 ? word : word.slice(0, dot);
  const operator = dot < 0 ? 'eq' : (word.slice(dot + 1) as Operator);
  const type = typeof value;
  if (
    !OPERATORS.includes(operator) ||
    !(type === 'string' || type === 'number' || type === 'boolean')
  ) {
    return null;
  }
  return { key, operator, value: String(value), type: type as MetadataType };
}

/** A condition in Rucio's form: groups of which one has to hold; or why it has none. */
function alternatives(
  condition: ICondition,
  keys: readonly IMetadataKey[]
): FilterGroup[] | ConditionProblem {
  const key = condition.key.trim();
  const { operator } = condition;
  if (key === '') {
    return 'no-key';
  }
  if (key.includes('.')) {
    // Behind a dot Rucio reads the operator.
    return 'dotted-key';
  }
  if (key === 'name' && operator === 'eq') {
    return 'name-key';
  }
  const type = typeOf(condition, keys);
  if (condition.value.trim() === '' && condition.type !== 'string') {
    return 'no-value';
  }
  if (type === 'date') {
    return onDate(key, operator, condition.value);
  }
  const value = readValue(condition.value, type);
  if (value === null) {
    return type === 'number' ? 'no-number' : 'no-boolean';
  }
  const isOrdered = operator !== 'eq' && operator !== 'ne';
  if (isOrdered && type === 'boolean') {
    return 'ordered-boolean';
  }
  if (isOrdered && typeof value === 'string' && value.includes('*')) {
    return 'ordered-pattern';
  }
  return [{ [word(key, operator)]: value }];
}

function readValue(
  text: string,
  type: 'string' | 'number' | 'boolean'
): FilterValue | null {
  switch (type) {
    case 'string':
      return text;
    case 'number':
      return NUMBER.test(text.trim()) ? Number(text) : null;
    case 'boolean':
      return BOOLEAN.get(text.trim().toLowerCase()) ?? null;
  }
}

/** A day is a span of time, an instant is one: Rucio compares instants only. */
function onDate(
  key: string,
  operator: Operator,
  text: string
): FilterGroup[] | ConditionProblem {
  const span = readDate(text);
  if (span === null) {
    return 'no-date';
  }
  const { begin, end } = span;
  if (end === null) {
    return [{ [word(key, operator)]: begin }];
  }
  switch (operator) {
    case 'eq':
      return [{ [word(key, 'gte')]: begin, [word(key, 'lt')]: end }];
    case 'ne':
      return [{ [word(key, 'lt')]: begin }, { [word(key, 'gte')]: end }];
    case 'lt':
    case 'gte':
      return [{ [word(key, operator)]: begin }];
    case 'lte':
      return [{ [word(key, 'lt')]: end }];
    case 'gt':
      return [{ [word(key, 'gte')]: end }];
  }
}

function word(key: string, operator: Operator): string {
  return operator === 'eq' ? key : `${key}.${operator}`;
}
