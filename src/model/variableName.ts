import { parseDid } from './did';

/** What a language allows as the name of a variable. */
export interface INameRules {
  /** What a reader calls the language. */
  readonly displayName: string;
  readonly pattern: RegExp;
  /** Words that the language keeps for itself. */
  readonly reserved: ReadonlySet<string>;
  /** Names that are in use everywhere and should not be hidden by a variable. */
  readonly builtins: ReadonlySet<string>;
}

/** What is wrong with a name. */
export type NameFault = 'empty' | 'shape' | 'reserved' | 'builtin' | 'taken';

/** Long enough to be told from others, short enough to type. */
const MAX_SUGGESTED_CHARACTERS = 40;

/** Whether the language takes the name at all. */
export function isVariableName(name: string, rules: INameRules): boolean {
  return rules.pattern.test(name) && !rules.reserved.has(name);
}

/**
 * What keeps a new variable from having a name, or null.
 *
 * @param taken - the names in use.
 */
export function nameFault(
  name: string,
  taken: ReadonlySet<string>,
  rules: INameRules
): NameFault | null {
  if (name === '') {
    return 'empty';
  }
  if (!rules.pattern.test(name)) {
    return 'shape';
  }
  if (rules.reserved.has(name)) {
    return 'reserved';
  }
  if (rules.builtins.has(name)) {
    return 'builtin';
  }
  return taken.has(name) ? 'taken' : null;
}

/**
 * A valid and free name from a DID: `demo:dimuon_2021` gives `dimuon_2021`.
 *
 * Of a name that is a path the last part counts, and a file's extension is dropped.
 */
export function suggestName(
  did: string,
  taken: ReadonlySet<string>,
  rules: INameRules
): string {
  const name = parseDid(did)?.name ?? did;
  const last =
    name
      .split('/')
      .filter(part => part !== '')
      .pop() ?? '';
  const stem = last.replace(/(?!^)(\.[A-Za-z][A-Za-z0-9]{0,7}){1,2}$/, '');
  const words = stem
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, MAX_SUGGESTED_CHARACTERS)
    .replace(/_+$/, '');
  const start = words === '' ? 'data' : words;
  const base = /^[0-9]/.test(start) ? `data_${start}` : start;
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? base : `${base}_${number}`;
    if (nameFault(candidate, taken, rules) === null) {
      return candidate;
    }
  }
}
