import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { ApiError, ErrorCode } from './errors';
import type { IErrorBody, IStreamEnd } from './types';

export { ApiError, asApiError, ErrorCode, isAbort } from './errors';

/** Where our routes live below Jupyter's base URL. */
const PREFIX = 'rucio-jupyterlab';

const NDJSON = 'application/x-ndjson';

export interface IRequestInit {
  method?: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  body?: unknown;
  signal?: AbortSignal;
  /** How long the answer may take; the server's own limits for Rucio end well before the default. */
  timeoutMs?: number;
}

const ANSWER_MS = 90_000;
/** How long a stream may be silent. */
const SILENCE_MS = 120_000;

/** Query arguments; undefined ones are left out, lists repeat their key. */
export type Query = Record<
  string,
  string | number | boolean | readonly string[] | undefined
>;

/** A path below our prefix with its query, everything quoted. */
export function withQuery(path: string, query: Query = {}): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) {
      continue;
    }
    for (const one of Array.isArray(value) ? value : [value]) {
      parts.push(`${key}=${encodeURIComponent(String(one))}`);
    }
  }
  return parts.length ? `${path}?${parts.join('&')}` : path;
}

/**
 * One JSON answer.
 *
 * @throws ApiError for every answer that is not a success, and when there is none.
 * @throws the signal's AbortError when the caller gave up.
 */
export async function requestJson<T>(
  path: string,
  init: IRequestInit,
  serverSettings: ServerConnection.ISettings
): Promise<T> {
  const patience = new Patience(init.signal, init.timeoutMs ?? ANSWER_MS);
  try {
    const response = await send(
      path,
      init,
      'application/json',
      patience,
      serverSettings
    );
    if (response.status === 204) {
      return undefined as T;
    }
    const text = await readText(response, patience);
    return parse<T>(text, response.status);
  } finally {
    patience.end();
  }
}

/**
 * The items of a streamed list, in batches as they arrive from the network.
 *
 * A batch is what one chunk held, so that a consumer pays per chunk and not per row. The generator's
 * return value says how the list ended.
 *
 * @throws ApiError when the server refuses, when its last line is an error (the items before it have
 * been yielded), and with code `stream_cut` when the last line never came.
 * @throws the signal's AbortError when the caller gave up.
 */
export async function* streamItems<T>(
  path: string,
  options: { signal?: AbortSignal },
  serverSettings: ServerConnection.ISettings
): AsyncGenerator<T[], IStreamEnd> {
  const patience = new Patience(options.signal, SILENCE_MS);
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  const decoder = new TextDecoder();
  let rest = '';
  let count = 0;
  try {
    const response = await send(
      path,
      options,
      NDJSON,
      patience,
      serverSettings
    );
    reader = response.body?.getReader();
    if (!reader) {
      throw badAnswer(response.status);
    }
    for (;;) {
      patience.renew();
      const { done, value } = await readChunk(reader, patience);
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const lines = rest.split('\n');
      // What follows the last line break is the beginning of a line still to come.
      rest = done ? '' : (lines.pop() ?? '');
      const { items, end, error } = readLines<T>(lines, response.status);
      count += items.length;
      if (items.length > 0) {
        yield items;
      }
      if (error) {
        throw new ApiError(response.status, error);
      }
      if (end) {
        return end;
      }
      if (done) {
        throw cut(count);
      }
    }
  } finally {
    patience.end();
    // Also when the consumer leaves its loop: the server then drops its request to Rucio.
    reader?.cancel().catch(() => undefined);
  }
}

interface ILines<T> {
  items: T[];
  end: IStreamEnd | null;
  error: IErrorBody | null;
}

function readLines<T>(lines: string[], status: number): ILines<T> {
  const items: T[] = [];
  for (const line of lines) {
    if (line.trim() === '') {
      continue;
    }
    const value = parse<unknown>(line, status);
    if (isRecord(value) && isRecord(value.end)) {
      return { items, end: value.end as unknown as IStreamEnd, error: null };
    }
    if (isRecord(value) && isErrorBody(value.error)) {
      return { items, end: null, error: value.error };
    }
    items.push(value as T);
  }
  return { items, end: null, error: null };
}

async function send(
  path: string,
  init: IRequestInit,
  accept: string,
  patience: Patience,
  serverSettings: ServerConnection.ISettings
): Promise<Response> {
  const headers: Record<string, string> = { Accept: accept };
  if (init.body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  let response: Response;
  try {
    response = await ServerConnection.makeRequest(
      URLExt.join(serverSettings.baseUrl, PREFIX) + '/' + path,
      {
        method: init.method ?? 'GET',
        headers,
        body: init.body === undefined ? undefined : JSON.stringify(init.body),
        signal: patience.signal
      },
      serverSettings
    );
  } catch {
    throw patience.explain();
  }
  if (!response.ok) {
    throw await refusal(response);
  }
  return response;
}

/** The server's own error object, or one that says as much as the status does. */
async function refusal(response: Response): Promise<ApiError> {
  let body: unknown = null;
  try {
    body = await response.json();
  } catch {
    // A proxy's HTML page, or Jupyter's: the status has to do.
  }
  if (isErrorBody(body)) {
    return new ApiError(response.status, body);
  }
  if (response.status === 404) {
    return new ApiError(404, {
      message: 'The server part of the Rucio extension does not answer.',
      code: ErrorCode.serverMissing,
      hint: 'Install rucio-jupyterlab where Jupyter Server runs, check that “jupyter server extension list” shows rucio_jupyterlab as enabled, and restart Jupyter.',
      rucio: null
    });
  }
  if (response.status === 401 || response.status === 403) {
    return new ApiError(response.status, {
      message: 'Jupyter no longer accepts this page.',
      code: ErrorCode.jupyterSignedOut,
      hint: 'Reload the page and sign in to Jupyter again.',
      rucio: null
    });
  }
  return badAnswer(response.status);
}

/** Tells apart why there is no answer: the caller gave up, it took too long, or there is no server. */
class Patience {
  constructor(
    private readonly _caller: AbortSignal | undefined,
    private readonly _timeoutMs: number
  ) {
    this._caller?.addEventListener('abort', this._giveUp);
    if (this._caller?.aborted) {
      this._giveUp();
    }
    this.renew();
  }

  get signal(): AbortSignal {
    return this._abort.signal;
  }

  /** Begins to wait anew. */
  renew(): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => {
      this._isOver = true;
      this._abort.abort();
    }, this._timeoutMs);
  }

  end(): void {
    clearTimeout(this._timer);
    this._caller?.removeEventListener('abort', this._giveUp);
  }

  /** The error to throw for a request that ended without an answer. */
  explain(): Error {
    if (this._caller?.aborted) {
      // Jupyter wraps what fetch throws, so that the name of the error no longer tells.
      return new DOMException('Given up by the caller.', 'AbortError');
    }
    return new ApiError(0, {
      message: this._isOver
        ? 'The Jupyter server takes too long to answer.'
        : 'The Jupyter server does not answer.',
      code: this._isOver ? ErrorCode.jupyterSlow : ErrorCode.jupyterUnreachable,
      hint: 'Check the connection; the Jupyter server may have been stopped.',
      rucio: null
    });
  }

  private readonly _giveUp = (): void => this._abort.abort();
  private readonly _abort = new AbortController();
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _isOver = false;
}

function parse<T>(text: string, status: number): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw badAnswer(status);
  }
}

function badAnswer(status: number): ApiError {
  return new ApiError(status, {
    message: `The Jupyter server gave an answer that makes no sense here (HTTP ${status}).`,
    code: ErrorCode.badAnswer,
    hint: 'Try again. If it stays, its log says more.',
    rucio: null
  });
}

function cut(count: number): ApiError {
  return new ApiError(0, {
    message: `The list broke off after ${count} rows.`,
    code: ErrorCode.streamCut,
    hint: 'What arrived is shown. Try again for the whole list.',
    rucio: null
  });
}

async function readChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  patience: Patience
): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return await reader.read();
  } catch {
    if (patience.signal.aborted) {
      throw patience.explain();
    }
    // The connection was lost in the middle: for the reader the same as an end without last line.
    return { done: true, value: undefined };
  }
}

async function readText(
  response: Response,
  patience: Patience
): Promise<string> {
  try {
    return await response.text();
  } catch {
    throw patience.explain();
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isErrorBody(value: unknown): value is IErrorBody {
  return (
    isRecord(value) &&
    typeof value.message === 'string' &&
    typeof value.code === 'string'
  );
}
