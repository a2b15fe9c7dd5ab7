import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useState } from 'react';

import { formatDuration } from './format';

/** What is older than this is not called fresh. */
const FRESH_S = 120;
const TICK_MS = 15_000;

/** The time, for texts that have to stay true while they are read: milliseconds, as of `Date.now()`. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), TICK_MS);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}

/** Seconds since a time on the wire; null where there is none. */
export function secondsSince(time: string | null, now: number): number | null {
  const then = time === null ? NaN : Date.parse(time);
  return Number.isNaN(then) ? null : Math.max(0, (now - then) / 1000);
}

/** Of when something is: “as of 3 min ago”; empty where nobody knows. */
export function asOfWords(
  time: string | null,
  now: number,
  trans: TranslationBundle
): string {
  const seconds = secondsSince(time, now);
  return seconds === null
    ? ''
    : trans.__('as of %1 ago', formatDuration(seconds));
}

/** The same where there is little room: “3 min ago”. */
export function agoWords(
  time: string | null,
  now: number,
  trans: TranslationBundle
): string {
  const seconds = secondsSince(time, now);
  return seconds === null ? '' : trans.__('%1 ago', formatDuration(seconds));
}

export function isOld(time: string | null, now: number): boolean {
  const seconds = secondsSince(time, now);
  return seconds !== null && seconds > FRESH_S;
}

/** How long something has been so: “for 3 h”; empty where nobody knows. */
export function forWords(
  since: string | null,
  now: number,
  trans: TranslationBundle
): string {
  const seconds = secondsSince(since, now);
  return seconds === null ? '' : trans.__('for %1', formatDuration(seconds));
}

/** Until when something is kept. */
export function keptWords(
  expiresAt: string | null,
  now: number,
  trans: TranslationBundle
): string {
  const end = expiresAt === null ? NaN : Date.parse(expiresAt);
  if (Number.isNaN(end)) {
    return trans.__('kept for ever');
  }
  const seconds = (end - now) / 1000;
  if (seconds <= 0) {
    return trans.__('ended; Rucio may remove the data');
  }
  if (seconds < 48 * 3600) {
    return trans.__('kept for another %1', formatDuration(seconds));
  }
  return trans.__('kept until %1', formatDate(end, now));
}

/** A day as one would say it: the year only where it is another one. */
export function formatDate(time: number, now: number): string {
  const date = new Date(time);
  const isThisYear = date.getFullYear() === new Date(now).getFullYear();
  return date.toLocaleDateString(undefined, {
    day: 'numeric',
    month: 'short',
    ...(isThisYear ? {} : { year: 'numeric' })
  });
}
