import type { TranslationBundle } from '@jupyterlab/translation';

import { formatDuration } from './format';
import type { Tone } from './words';

/** How long something is still good for. */
export interface ILifeWords {
  words: string;
  tone: Extract<Tone, 'plain' | 'warn' | 'error'>;
}

/**
 * The words for when credentials end: “valid for 11 h”.
 *
 * @param endsAt - ISO 8601; null where it is not known
 * @param now - milliseconds, as of `Date.now()`
 * @param soonS - with less than so many seconds left, it is a warning
 * @returns null where nobody knows
 */
export function lifeWords(
  endsAt: string | null,
  now: number,
  soonS: number,
  trans: TranslationBundle
): ILifeWords | null {
  const end = endsAt === null ? NaN : Date.parse(endsAt);
  if (Number.isNaN(end)) {
    return null;
  }
  const leftS = (end - now) / 1000;
  if (leftS <= 0) {
    return {
      words: trans.__('ended %1 ago', formatDuration(-leftS)),
      tone: 'error'
    };
  }
  return {
    words: trans.__('valid for %1', formatDuration(leftS)),
    tone: leftS < soonS ? 'warn' : 'plain'
  };
}

/** A moment as one would say it: the day only where it is not today. */
export function momentWords(time: string, now: number): string {
  const date = new Date(time);
  const isToday = date.toDateString() === new Date(now).toDateString();
  const clock = { hour: '2-digit', minute: '2-digit' } as const;
  return isToday
    ? date.toLocaleTimeString(undefined, clock)
    : date.toLocaleString(undefined, {
        day: 'numeric',
        month: 'short',
        year: 'numeric',
        ...clock
      });
}
