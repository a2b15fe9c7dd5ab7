import { DisposableDelegate, type IDisposable } from '@lumino/disposable';

import type { IStreamEnd } from '../api/types';

/** Calls back once, when the next picture is drawn; disposing calls it off. */
export type FrameScheduler = (callback: () => void) => IDisposable;

/** In a hidden tab no picture is ever drawn; the work has to go on nevertheless. */
const HIDDEN_TAB_MS = 100;

export const onNextFrame: FrameScheduler = callback => {
  if (document.visibilityState === 'hidden') {
    const timer = window.setTimeout(callback, HIDDEN_TAB_MS);
    return new DisposableDelegate(() => window.clearTimeout(timer));
  }
  const frame = window.requestAnimationFrame(callback);
  return new DisposableDelegate(() => window.cancelAnimationFrame(frame));
};

/**
 * Reads a stream to its end and hands over what came since the last frame, at most once a frame.
 *
 * Nothing is handed over once the signal has fired. What came before an error is handed over before
 * the returned promise rejects with it.
 */
export async function pump<T>(
  stream: AsyncGenerator<T[], IStreamEnd>,
  options: {
    apply: (items: T[]) => void;
    signal: AbortSignal;
    frames: FrameScheduler;
  }
): Promise<IStreamEnd> {
  const { apply, signal, frames } = options;
  let waiting: T[] = [];
  let scheduled: IDisposable | null = null;
  const flush = () => {
    scheduled = null;
    const items = waiting;
    waiting = [];
    if (items.length > 0 && !signal.aborted) {
      apply(items);
    }
  };
  try {
    for (;;) {
      const next = await stream.next();
      if (signal.aborted) {
        throw new DOMException('Given up by the caller.', 'AbortError');
      }
      if (next.done) {
        return next.value;
      }
      waiting = waiting.length === 0 ? next.value : waiting.concat(next.value);
      scheduled ??= frames(flush);
    }
  } finally {
    // Assigned in a closure, which the compiler does not follow.
    (scheduled as IDisposable | null)?.dispose();
    flush();
    if (signal.aborted) {
      void stream.return({ count: 0, truncated: true });
    }
  }
}
