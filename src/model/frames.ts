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

/** So many rows are made within a small part of a frame. */
const ROWS_PER_FRAME = 5_000;

/**
 * Reads a stream to its end and hands over what came since the last frame, at most once a frame, and
 * not more at once than a frame has time for.
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
  const waiting: T[][] = [];
  let scheduled: IDisposable | null = null;
  const flush = () => {
    scheduled = null;
    for (let rows = 0; waiting.length > 0 && rows < ROWS_PER_FRAME;) {
      const items = take(waiting, ROWS_PER_FRAME - rows);
      rows += items.length;
      if (!signal.aborted) {
        apply(items);
      }
    }
    if (waiting.length > 0) {
      scheduled = frames(flush);
    }
  };
  try {
    for (;;) {
      const next = await stream.next();
      if (signal.aborted) {
        throw abortError();
      }
      if (next.done) {
        return next.value;
      }
      waiting.push(next.value);
      scheduled ??= frames(flush);
    }
  } finally {
    // Assigned in a closure, which the compiler does not follow.
    (scheduled as IDisposable | null)?.dispose();
    flush();
    while (waiting.length > 0 && !signal.aborted) {
      await new Promise<void>(resolve => {
        scheduled?.dispose();
        scheduled = frames(resolve);
      });
      flush();
    }
    if (signal.aborted) {
      waiting.length = 0;
      (scheduled as IDisposable | null)?.dispose();
      void stream.return({ count: 0, truncated: true });
    }
  }
}

/** Takes one batch from the front, or as much of it as is allowed. */
function take<T>(batches: T[][], most: number): T[] {
  const first = batches[0];
  if (first.length <= most) {
    batches.shift();
    return first;
  }
  batches[0] = first.slice(most);
  return first.slice(0, most);
}

function abortError(): DOMException {
  return new DOMException('Given up by the caller.', 'AbortError');
}
