import type { IInstance } from '../api/types';

/** With less left, it is said that the credentials end soon. */
export const SOON_MS = 10 * 60_000;

/**
 * When the certificate, the proxy or the provided token ends; null where it does not, or nobody knows.
 *
 * Rucio's own token is renewed with them and is no end.
 *
 * @returns milliseconds, as of `Date.now()`
 */
export function endOf(
  instance: Pick<IInstance, 'credentials_expires_at'>
): number | null {
  const end = Date.parse(instance.credentials_expires_at ?? '');
  return Number.isNaN(end) ? null : end;
}

/** Whether the credentials do now, and not for long any more. */
export function isEndingSoon(
  instance: Pick<IInstance, 'authenticated' | 'credentials_expires_at'>,
  now: number
): boolean {
  const end = endOf(instance);
  return instance.authenticated && end !== null && end - now <= SOON_MS;
}
