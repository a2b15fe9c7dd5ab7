import { ApiError } from '../api/errors';
import type { IDidItem, IErrorBody, IStreamEnd } from '../api/types';
import type { FrameScheduler } from '../model/frames';

/** A stream whose batches, end and faults a test sends when it wants them to arrive. */
export class ScriptedStream<T = IDidItem> {
  constructor(readonly signal: AbortSignal | undefined) {}

  send(items: T[]): Promise<void> {
    return this._arrive({ items });
  }

  end(truncated = false): Promise<void> {
    return this._arrive({ end: { count: 0, truncated } });
  }

  fail(error: ApiError): Promise<void> {
    return this._arrive({ error });
  }

  async *items(): AsyncGenerator<T[], IStreamEnd> {
    for (;;) {
      const event = await this._next();
      if (event.error) {
        throw event.error;
      }
      if (event.end) {
        return event.end;
      }
      yield event.items ?? [];
    }
  }

  private async _next(): Promise<IEvent<T>> {
    for (;;) {
      const event = this._events.shift();
      if (event) {
        return event;
      }
      await new Promise<void>(resolve => {
        this._wake = resolve;
      });
    }
  }

  private async _arrive(event: IEvent<T>): Promise<void> {
    this._events.push(event);
    this._wake();
    await settled();
  }

  private readonly _events: IEvent<T>[] = [];
  private _wake: () => void = () => undefined;
}

interface IEvent<T> {
  items?: T[];
  end?: IStreamEnd;
  error?: ApiError;
}

/** Answers that a test gives or refuses, one by one. */
export class Answer<T> {
  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this._resolve = resolve;
      this._reject = reject;
    });
  }

  readonly promise: Promise<T>;

  async give(value: T): Promise<void> {
    this._resolve(value);
    await settled();
  }

  async refuse(error: ApiError): Promise<void> {
    this._reject(error);
    await settled();
  }

  private _resolve!: (value: T) => void;
  private _reject!: (error: ApiError) => void;
}

/** A list that comes in one piece. */
export async function* whole<T>(items: T[]): AsyncGenerator<T[], IStreamEnd> {
  if (items.length > 0) {
    yield items;
  }
  return { count: items.length, truncated: false };
}

/** Frames follow each other at once. */
export const atOnce: FrameScheduler = callback => {
  let isDisposed = false;
  void Promise.resolve().then(() => {
    if (!isDisposed) {
      callback();
    }
  });
  return {
    isDisposed,
    dispose: () => {
      isDisposed = true;
    }
  };
};

/** Until all that can happen without time passing has happened. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await Promise.resolve();
  }
}

export function fault(
  code: string,
  message = 'It did not work.',
  more: Partial<IErrorBody> = {}
): ApiError {
  return new ApiError(500, { message, code, hint: null, rucio: null, ...more });
}
