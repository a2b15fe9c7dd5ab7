import type { DidType } from '../api/types';
import type { DidRow } from './rows';

/** What rows are sorted by; `found` is the order in which they arrived. */
export type OrderBy = 'found' | 'name' | 'size' | 'type';

export interface IOrder {
  readonly by: OrderBy;
  readonly descending: boolean;
}

export const FOUND_ORDER: IOrder = { by: 'found', descending: false };

/** Compares two rows of one branch. */
export type Compare = (one: DidRow, other: DidRow) => number;

const TYPE_RANKS: Record<DidType, number> = {
  container: 0,
  dataset: 1,
  file: 2
};

/** How rows are compared; null where they stay as they were found. */
export function comparison(order: IOrder): Compare | null {
  const sign = order.descending ? -1 : 1;
  switch (order.by) {
    case 'name':
      return (one, other) => sign * byName(one, other) || byFound(one, other);
    case 'size':
      return (one, other) => bySize(one, other, sign) || byFound(one, other);
    case 'type':
      return (one, other) => sign * byType(one, other) || byFound(one, other);
    default:
      return order.descending ? (one, other) => byFound(other, one) : null;
  }
}

function byFound(one: DidRow, other: DidRow): number {
  return one.found - other.found;
}

function byName(one: DidRow, other: DidRow): number {
  const a = nameKey(one);
  const b = nameKey(other);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What Rucio has not counted comes last, whichever way one sorts. */
function bySize(one: DidRow, other: DidRow, sign: number): number {
  const a = one.item.size;
  const b = other.item.size;
  if (a === null || b === null) {
    return (a === null ? 1 : 0) - (b === null ? 1 : 0);
  }
  return sign * (a - b);
}

function byType(one: DidRow, other: DidRow): number {
  return TYPE_RANKS[one.item.type] - TYPE_RANKS[other.item.type];
}

/**
 * A text whose plain order is the order of names as people number them: run_9 before run_10.
 *
 * A collator knows that too, and takes a second for 100,000 names.
 */
function nameKey(row: DidRow): string {
  row.nameKey ??= row.item.name
    .toLowerCase()
    .replace(
      /0*(\d+)/g,
      (_, digits: string) => String.fromCharCode(48 + digits.length) + digits
    );
  return row.nameKey;
}

/**
 * Merges sorted rows into a sorted list.
 *
 * @returns a new list; that of the longer one's length in time, which a frame has room for.
 */
export function merged(
  list: readonly DidRow[],
  added: DidRow[],
  compare: Compare
): DidRow[] {
  added.sort(compare);
  if (list.length === 0 || compare(list[list.length - 1], added[0]) <= 0) {
    return list.concat(added);
  }
  const all: DidRow[] = [];
  let next = 0;
  for (const row of list) {
    while (next < added.length && compare(added[next], row) < 0) {
      all.push(added[next++]);
    }
    all.push(row);
  }
  while (next < added.length) {
    all.push(added[next++]);
  }
  return all;
}

/** Whether a row's name has what was typed; null where nothing was typed. */
export type Matches = (row: DidRow) => boolean;

/**
 * Reads the text of a filter: words that all have to occur in the name, upper and lower case alike.
 *
 * A word with a colon is looked for in the whole identifier; a star stands for anything.
 */
export function nameMatches(text: string): Matches | null {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) {
    return null;
  }
  const tests = words.map(wordTest);
  if (tests.length === 1) {
    return tests[0];
  }
  return row => tests.every(test => test(row));
}

function wordTest(word: string): Matches {
  const textOf = word.includes(':')
    ? (row: DidRow) => row.item.did.toLowerCase()
    : (row: DidRow) => row.item.name.toLowerCase();
  if (!word.includes('*')) {
    return row => textOf(row).includes(word);
  }
  const pattern = new RegExp(
    word
      .split(/\*+/)
      .map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*'),
    's'
  );
  return row => pattern.test(textOf(row));
}
