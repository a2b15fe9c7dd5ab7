import type { Kernel } from '@jupyterlab/services';

import { DisplayLink, type IRequest } from './codeLink';
import { denoCode, nodeCode } from './javascriptCode';
import { JAVASCRIPT_NAMES } from './javascriptNames';
import {
  JAVASCRIPT_FORMATS,
  javascriptLiteral,
  javascriptSnippet
} from './javascriptSnippets';
import type { IKernelLanguage, IKernelLink, ISnippetSubject } from './kernel';

/** JavaScript kernels: Deno, which calls itself TypeScript, and those on Node.js. */
export class JavaScriptLanguage implements IKernelLanguage {
  private constructor(private readonly _code: (request: IRequest) => string) {}

  /** Of kernels that wait for promises at the top level. */
  static deno(): JavaScriptLanguage {
    return new JavaScriptLanguage(denoCode);
  }

  static node(): JavaScriptLanguage {
    return new JavaScriptLanguage(nodeCode);
  }

  readonly names = JAVASCRIPT_NAMES;
  readonly formats = JAVASCRIPT_FORMATS;

  async connect(kernel: Kernel.IKernelConnection): Promise<IKernelLink> {
    return new DisplayLink(kernel, JAVASCRIPT_NAMES, this._code);
  }

  snippet(subject: ISnippetSubject): string | null {
    return javascriptSnippet(subject);
  }

  literal(value: string | readonly string[]): string {
    return javascriptLiteral(value);
  }
}
