/** A day or month from its first instant to that of the next one, or an instant alone. */
export interface ISpan {
  /** As Rucio reads it: YYYY-MM-DDTHH:MM:SS, in UTC. */
  readonly begin: string;
  /** The first instant behind it; null where an instant is meant. */
  readonly end: string | null;
}

const DATE =
  /^(\d{4})-(\d{1,2})(?:-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?)?$/i;

/**
 * Reads an ISO date: a month, a day, or an instant of which seconds and zone may be left out.
 *
 * Without a zone it is UTC, since that is what Rucio keeps.
 *
 * @returns null where it is none, as for the 31st of February.
 */
export function readDate(text: string): ISpan | null {
  const match = DATE.exec(text.trim());
  if (match === null) {
    return null;
  }
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map(part => (part === undefined ? undefined : Number(part)));
  if (year === undefined || month === undefined || month < 1 || month > 12) {
    return null;
  }
  if (day === undefined) {
    return {
      begin: iso(Date.UTC(year, month - 1)),
      end: iso(Date.UTC(year, month))
    };
  }
  const begin = Date.UTC(year, month - 1, day);
  if (new Date(begin).getUTCDate() !== day) {
    return null;
  }
  if (hour === undefined || minute === undefined) {
    return { begin: iso(begin), end: iso(Date.UTC(year, month - 1, day + 1)) };
  }
  if (hour > 23 || minute > 59 || (second ?? 0) > 59) {
    return null;
  }
  const instant = Date.UTC(year, month - 1, day, hour, minute, second ?? 0);
  return { begin: iso(instant - zoneMs(match[7])), end: null };
}

function zoneMs(zone: string | undefined): number {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '');
  if (match === null) {
    return 0;
  }
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return (match[1] === '-' ? -1 : 1) * minutes * 60_000;
}

function iso(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}
