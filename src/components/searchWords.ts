import type { TranslationBundle } from '@jupyterlab/translation';

import type { DidTypeFilter, MetadataType } from '../api/types';
import {
  typeOf,
  type ConditionProblem,
  type Conditions,
  type ICondition,
  type Operator
} from '../model/filters';
import type { ISearchTerms } from '../model/history';

export const OPERATOR_SIGNS: Readonly<Record<Operator, string>> = {
  eq: '=',
  ne: '≠',
  lt: '<',
  lte: '≤',
  gt: '>',
  gte: '≥'
};

/** The operators as they are read aloud. */
export function operatorWord(
  operator: Operator,
  trans: TranslationBundle
): string {
  switch (operator) {
    case 'eq':
      return trans.__('is');
    case 'ne':
      return trans.__('is not');
    case 'lt':
      return trans.__('is less than');
    case 'lte':
      return trans.__('is at most');
    case 'gt':
      return trans.__('is greater than');
    case 'gte':
      return trans.__('is at least');
  }
}

export function metadataTypeWord(
  type: MetadataType,
  trans: TranslationBundle
): string {
  switch (type) {
    case 'string':
      return trans.__('Text');
    case 'number':
      return trans.__('Number');
    case 'boolean':
      return trans.__('Yes/no');
    case 'date':
      return trans.__('Date');
  }
}

export function typeFilterWord(
  type: DidTypeFilter,
  trans: TranslationBundle
): string {
  switch (type) {
    case 'all':
      return trans.__('Everything');
    case 'collection':
      return trans.__('Collections');
    case 'container':
      return trans.__('Containers');
    case 'dataset':
      return trans.__('Datasets');
    case 'file':
      return trans.__('Files');
  }
}

/** A condition as one would write it: run_number ≥ 100. */
export function conditionWords(condition: ICondition): string {
  // A text that looks like something else is told from it.
  const looks = typeOf({ ...condition, key: '', type: null }, []);
  const isQuoted =
    condition.type === 'string' &&
    (looks !== 'string' || condition.value.trim() === '');
  const value = isQuoted ? `“${condition.value}”` : condition.value.trim();
  return `${condition.key.trim()} ${OPERATOR_SIGNS[condition.operator]} ${value}`;
}

/** Conditions in one line. */
export function conditionsWords(
  conditions: Conditions,
  trans: TranslationBundle
): string {
  return conditions
    .map(group => group.map(conditionWords).join(', '))
    .join(` ${trans.__('or')} `);
}

/** A search of before: what was looked for, and how. */
export function searchWords(
  terms: ISearchTerms,
  trans: TranslationBundle
): { text: string; detail: string } {
  const details = [conditionsWords(terms.conditions, trans)];
  if (terms.type !== 'all') {
    details.unshift(typeFilterWord(terms.type, trans));
  }
  return {
    text:
      terms.inside === null ? terms.text : trans.__('inside %1', terms.inside),
    detail: details.filter(Boolean).join(' · ')
  };
}

/** What is wrong with a condition, and what to do about it. */
export function problemWords(
  problem: ConditionProblem,
  trans: TranslationBundle
): string {
  switch (problem) {
    case 'no-key':
      return trans.__('Which metadata key? Choose or type one.');
    case 'dotted-key':
      return trans.__('Rucio cannot search keys with a dot in them.');
    case 'name-key':
      return trans.__('Write the name into the search field above.');
    case 'no-value':
      return trans.__(
        'Which value? For an empty one choose Text as what it is.'
      );
    case 'no-number':
      return trans.__(
        'That is no number. Write it like 42, 6.5 or 1e9, or choose Text as what it is.'
      );
    case 'no-boolean':
      return trans.__('Write true or false, or choose Text as what it is.');
    case 'no-date':
      return trans.__(
        'Write the date like 2024-05-31, or 2024-05-31 14:30 (UTC).'
      );
    case 'ordered-pattern':
      return trans.__('A pattern with * can only be = or ≠.');
    case 'ordered-boolean':
      return trans.__('Yes and no can only be = or ≠.');
    case 'duplicate':
      return trans.__(
        'The same key is compared in this way already. Rucio takes each comparison once; an alternative goes below “or”.'
      );
  }
}
