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

const QUOTES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['“', '”'],
  ['„', '“'],
  ['‘', '’'],
  ['«', '»']
]);

/** How identifiers are announced in other programs, before a whole `scope:name`. */
const PREFIX = /^(?:rucio:\/\/\/?|did:)(?=[^:/\s]+:)/i;

/** What comes along when text is copied from a page or a list. */
const COPIED_ALONG = /^[\s\u200b\ufeff]+|[\s\u200b\ufeff]+$/g;

/**
 * A search text without what came along when it was copied: blanks, a pair of quotes around it, the
 * comma behind it in a list, `rucio://` or `did:` before it.
 *
 * Quotes and commas within a name are part of it, and stay.
 */
export function cleanQuery(text: string): string {
  let cleaned = text.replace(COPIED_ALONG, '');
  for (;;) {
    const before = cleaned;
    const close = QUOTES.get(cleaned[0]);
    const isListed = close !== undefined && /[,;]$/.test(cleaned);
    const quoted = isListed ? cleaned.slice(0, -1) : cleaned;
    if (close !== undefined && quoted.length > 1 && quoted.endsWith(close)) {
      cleaned = quoted.slice(1, -1).replace(COPIED_ALONG, '');
    }
    cleaned = cleaned.replace(PREFIX, '');
    if (cleaned === before) {
      return cleaned;
    }
  }
}

/** The identifiers of a pasted text, one a line; a name may hold any other character. */
export function pastedDids(text: string): string[] {
  return text
    .split(/[\r\n]+/)
    .map(cleanQuery)
    .filter(line => line !== '');
}
