/** A key of a DID with its value, as Rucio gave it. */
export interface IMetadataRow {
  readonly key: string;
  readonly value: unknown;
  /** The value as text, as it is copied and filtered. */
  readonly text: string;
}

/** What users wrote, and what Rucio keeps of every DID. */
export interface IMetadataGroups {
  readonly users: readonly IMetadataRow[];
  readonly rucios: readonly IMetadataRow[];
}

/**
 * The columns of Rucio's table of DIDs that Rucio itself fills.
 *
 * Source: `rucio.db.sqla.models.DataIdentifier` of Rucio 41. Those that are there for users to fill,
 * as `project` or `run_number`, are left out.
 */
const RUCIOS_OWN: ReadonlySet<string> = new Set([
  'scope',
  'name',
  'account',
  'did_type',
  'is_open',
  'monotonic',
  'hidden',
  'obsolete',
  'complete',
  'is_new',
  'availability',
  'suppressed',
  'bytes',
  'length',
  'md5',
  'adler32',
  'expired_at',
  'purge_replicas',
  'deleted_at',
  'guid',
  'transient',
  'accessed_at',
  'closed_at',
  'eol_at',
  'is_archive',
  'constituent',
  'access_cnt',
  'created_at',
  'updated_at'
]);

/** The rows of which key or value hold every word of the filter, in the order of their keys. */
export function metadataGroups(
  metadata: Readonly<Record<string, unknown>>,
  filter = ''
): IMetadataGroups {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const users: IMetadataRow[] = [];
  const rucios: IMetadataRow[] = [];
  for (const key of Object.keys(metadata).sort(byName)) {
    const value = metadata[key];
    const text = metadataText(value);
    const hay = `${key}\n${text}`.toLowerCase();
    if (words.every(word => hay.includes(word))) {
      (RUCIOS_OWN.has(key) ? rucios : users).push({ key, value, text });
    }
  }
  return { users, rucios };
}

/** Texts as they are, all else as JSON. */
export function metadataText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** Sun, 06 Nov 1994 08:49:37 UTC: how Rucio writes times in JSON. */
const HTTP_DATE =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} (UTC|GMT)$/;
const ISO_TIME =
  /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/;

/**
 * The moment that a value means; null where it means none.
 *
 * Rucio's own times are in UTC also where they do not say so; of others nobody knows.
 */
export function momentOf(row: IMetadataRow): Date | null {
  const { key, value } = row;
  if (typeof value !== 'string') {
    return null;
  }
  let text = value;
  if (!HTTP_DATE.test(text)) {
    const found = ISO_TIME.exec(text);
    if (!found) {
      return null;
    }
    if (found[3] === undefined) {
      if (!RUCIOS_OWN.has(key)) {
        return null;
      }
      text = `${text.replace(' ', 'T')}Z`;
    }
  }
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? null : moment;
}

function byName(a: string, b: string): number {
  return a.localeCompare(b, undefined, { numeric: true });
}
