import type { Kernel, KernelMessage } from '@jupyterlab/services';

/** A kernel aborts what is queued behind a failing cell; ours is asked again. */
const MAX_ATTEMPTS = 20;
const RETRY_MS = 100;

/** An expression raised in the kernel. */
export class KernelError extends Error {
  constructor(ename: string, evalue: string) {
    super(evalue ? `${ename}: ${evalue}` : ename);
    this.name = 'KernelError';
    this.ename = ename;
  }

  readonly ename: string;
}

/**
 * Evaluates a Python expression in the kernel, after what is running, and returns its value.
 *
 * The user sees nothing of it: no output, no count, no history, no `_`. The value travels as JSON in
 * hexadecimal digits, so that Python's way of quoting a string does not matter.
 *
 * Rejects with a `KernelError` where the expression raises, and with the connection's own error where
 * the kernel goes away.
 */
export async function evaluate(
  kernel: Kernel.IKernelConnection,
  expression: string
): Promise<unknown> {
  const asked = `__import__("json").dumps(${expression}).encode().hex()`;
  for (let attempt = 1; ; attempt++) {
    const future = kernel.requestExecute(
      {
        code: '',
        silent: true,
        store_history: false,
        allow_stdin: false,
        stop_on_error: false,
        user_expressions: { value: asked }
      },
      true
    );
    const { content } = await future.done;
    if (content.status === 'ok') {
      const value = content.user_expressions.value as
        KernelMessage.IReplyErrorContent | { data?: Record<string, unknown> };
      if (value && 'ename' in value) {
        if (value.ename !== 'KeyboardInterrupt' || attempt === MAX_ATTEMPTS) {
          throw new KernelError(value.ename, value.evalue);
        }
        continue;
      }
      return decode(String(value?.data?.['text/plain'] ?? ''));
    }
    if (content.status === 'error') {
      throw new KernelError(content.ename, content.evalue);
    }
    if (attempt === MAX_ATTEMPTS) {
      throw new KernelError('Aborted', '');
    }
    await new Promise(resolve => setTimeout(resolve, RETRY_MS));
  }
}

/** A JSON value as a Python expression. */
export function pythonValue(value: unknown): string {
  return `__import__("json").loads(${pythonString(JSON.stringify(value))})`;
}

/** A text as a Python literal: what JSON escapes, Python reads the same way. */
export function pythonString(text: string): string {
  return JSON.stringify(text);
}

function decode(shown: string): unknown {
  const digits = /^'([0-9a-f]*)'$/.exec(shown);
  if (!digits) {
    throw new KernelError('UnexpectedAnswer', shown.slice(0, 80));
  }
  // Python's JSON is ASCII.
  return JSON.parse(
    digits[1].replace(/../g, pair => String.fromCharCode(parseInt(pair, 16)))
  );
}
