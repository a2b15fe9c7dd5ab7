import type { Kernel, KernelMessage } from '@jupyterlab/services';

/** A kernel aborts what is queued behind a failing cell; ours is asked again. */
const MAX_ATTEMPTS = 20;
const RETRY_MS = 100;

/** The statuses of code that was run; others are of code that was not. */
const ENDS: ReadonlySet<string> = new Set(['ok', 'error']);

/** What came of code that the user does not see. */
export interface IHiddenOutcome {
  /** Why it failed, in the kernel's words; null where it did not. */
  readonly error: string | null;
  /** What it displayed, by MIME type. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs code in a kernel, after what is running, out of the user's sight: nothing below a cell, no count,
 * no history.
 *
 * Rejects with the connection's own error where the kernel goes away.
 */
export async function runHidden(
  kernel: Kernel.IKernelConnection,
  code: string
): Promise<IHiddenOutcome> {
  for (let attempt = 1; ; attempt++) {
    const data: Record<string, unknown> = {};
    const streams = { stdout: '', stderr: '' };
    const future = kernel.requestExecute(
      {
        code,
        silent: true,
        store_history: false,
        allow_stdin: false,
        stop_on_error: false
      },
      true
    );
    // What kernels say although they were asked to be silent: it reaches us and no cell.
    future.onIOPub = ({ header, content }) => {
      if (header.msg_type === 'display_data') {
        Object.assign(
          data,
          (content as KernelMessage.IDisplayDataMsg['content']).data
        );
      } else if (header.msg_type === 'stream') {
        const { name, text } = content as KernelMessage.IStreamMsg['content'];
        streams[name] += text;
      }
    };
    const { content } = await replyTo(future);
    if (content.status === 'ok') {
      return { error: null, data, ...streams };
    }
    if (content.status === 'error') {
      return { error: errorText(content), data, ...streams };
    }
    if (attempt === MAX_ATTEMPTS) {
      return { error: 'It was interrupted.', data, ...streams };
    }
    await new Promise(resolve => setTimeout(resolve, RETRY_MS));
  }
}

/** The reply. Of what it aborts, IRkernel says only that, and never that it is done. */
function replyTo(
  future: Kernel.IShellFuture<
    KernelMessage.IExecuteRequestMsg,
    KernelMessage.IExecuteReplyMsg
  >
): Promise<KernelMessage.IExecuteReplyMsg> {
  return new Promise((resolve, reject) => {
    future.done.then(resolve, reject);
    future.onReply = reply => {
      if (!ENDS.has(reply.content.status)) {
        resolve(reply);
        future.dispose();
      }
    };
  });
}

/** A text as base64 of its UTF-8: letters and digits, whatever it holds. */
export function base64(text: string): string {
  return btoa(
    encodeURIComponent(text).replace(/%([0-9A-F]{2})/g, (_, digits) =>
      String.fromCharCode(parseInt(digits, 16))
    )
  );
}

/** Texts as hexadecimal digits of their UTF-8, each with a zero byte behind it. */
export function hexadecimal(texts: readonly string[]): string {
  const bytes = new TextEncoder().encode(
    texts.map(text => `${text}\0`).join('')
  );
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}

function errorText({
  ename,
  evalue
}: KernelMessage.IReplyErrorContent): string {
  const said = [ename, evalue].filter(text => text?.trim()).join(': ');
  return said.trim() || 'It does not say why.';
}
