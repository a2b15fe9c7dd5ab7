/** A data identifier in its two parts. */
export interface IDid {
  readonly scope: string;
  readonly name: string;
}

/**
 * Reads `scope:name`. The first colon separates: scopes have none, names may.
 *
 * @returns null where there is no colon or no scope. The name may be empty, as in `scope:`.
 */
export function parseDid(text: string): IDid | null {
  const trimmed = text.trim();
  const colon = trimmed.indexOf(':');
  if (colon < 1) {
    return null;
  }
  return {
    scope: trimmed.slice(0, colon).trim(),
    name: trimmed.slice(colon + 1).trim()
  };
}
