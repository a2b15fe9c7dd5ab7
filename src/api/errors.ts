import type { IErrorBody, IRucioFault } from './types';

/** Codes that the browser makes itself, beside those of the server. */
export const ErrorCode = {
  /** The server extension does not answer under its address. */
  serverMissing: 'server_missing',
  /** The server part speaks another version of the contract. */
  versionMismatch: 'version_mismatch',
  /** The Jupyter server itself cannot be reached. */
  jupyterUnreachable: 'jupyter_unreachable',
  /** The Jupyter server has taken the request, and stays silent. */
  jupyterSlow: 'jupyter_slow',
  /** Jupyter no longer accepts this browser. */
  jupyterSignedOut: 'jupyter_signed_out',
  /** The answer ended before it said that it was complete. */
  streamCut: 'stream_cut',
  /** The answer is not what the contract says. */
  badAnswer: 'bad_answer',
  /** Rucio does not accept our credentials, or there are none. */
  notAuthenticated: 'not_authenticated',
  /** A condition on metadata that Rucio cannot be asked. */
  invalidFilter: 'invalid_filter',
  /** Rucio failed on a condition on metadata. */
  filterFailed: 'filter_failed',
  rucioUnreachable: 'rucio_unreachable',
  rucioTimeout: 'rucio_timeout',
  /** Rucio answers, and that it cannot take requests for now. */
  rucioBusy: 'rucio_busy'
} as const;

/** An answer that says what went wrong, in a sentence, and what may help. */
export class ApiError extends Error {
  constructor(status: number, body: IErrorBody) {
    super(body.message);
    this.name = 'ApiError';
    this.status = status;
    this.code = body.code;
    this.hint = body.hint;
    this.rucio = body.rucio;
    this.details = body.details;
  }

  /** The HTTP status; 0 where there was no answer. */
  readonly status: number;
  readonly code: string;
  readonly hint: string | null;
  readonly rucio: IRucioFault | null;
  /** Of a configuration error, every key that is wrong. */
  readonly details: IErrorBody['details'];

  /** The error object again, as the server would send it. */
  toBody(): IErrorBody {
    return {
      message: this.message,
      code: this.code,
      hint: this.hint,
      rucio: this.rucio,
      ...(this.details && { details: this.details })
    };
  }
}

/** Whether an error only says that the caller itself gave up. */
export function isAbort(reason: unknown): boolean {
  return (reason as { name?: unknown } | null)?.name === 'AbortError';
}

/** Whether an error is about the conditions on metadata, and is mended by changing them. */
export function isFilterFault(error: ApiError): boolean {
  return (
    error.code === ErrorCode.invalidFilter ||
    error.code === ErrorCode.filterFailed
  );
}

/** Any thrown thing as an error with a sentence. */
export function asApiError(reason: unknown): ApiError {
  if (reason instanceof ApiError) {
    return reason;
  }
  const said = reason instanceof Error ? reason.message : String(reason);
  return new ApiError(0, {
    message: `Something unforeseen happened: ${said}`,
    code: ErrorCode.badAnswer,
    hint: null,
    rucio: null
  });
}
