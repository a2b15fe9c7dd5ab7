import type { IInstance, ISearchRequest } from '../api/types';
import { parseDid } from './did';

/** What is wrong with the text itself, before anyone is asked. */
export type QueryProblem =
  'no-colon' | 'scope-wildcard' | 'name-wildcard' | 'filters';

/**
 * What is searched for: an identifier, perhaps with wildcards, or the inside of a container.
 *
 * @param inside - the container; the text says nothing then
 */
export function subjectOf(
  text: string,
  inside: string | null
): Pick<ISearchRequest, 'scope' | 'name' | 'recursive'> {
  const did = parseDid(inside ?? text);
  return {
    scope: did?.scope ?? '',
    // A lone star says the same as nothing, and is understood where wildcards are not allowed.
    name: did === null || did.name === '*' ? '' : did.name,
    recursive: inside === null ? undefined : true
  };
}

/** Why something cannot be searched for in an instance; null where it can. */
export function queryProblem(
  text: string,
  inside: string | null,
  instance: IInstance
): QueryProblem | null {
  const did = parseDid(inside ?? text);
  if (did === null) {
    return 'no-colon';
  }
  if (did.scope.includes('*')) {
    return 'scope-wildcard';
  }
  // A lone star says the same as nothing: everything in the scope.
  if (
    inside === null &&
    did.name !== '*' &&
    did.name.includes('*') &&
    !instance.wildcard_enabled
  ) {
    return 'name-wildcard';
  }
  return null;
}
