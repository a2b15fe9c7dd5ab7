import type { Kernel } from '@jupyterlab/services';

import { DisplayLink } from './codeLink';
import type { IKernelLanguage, IKernelLink, ISnippetSubject } from './kernel';
import { rCode } from './rCode';
import { R_NAMES } from './rNames';
import { R_FORMATS, rLiteral, rSnippet } from './rSnippets';

/** R kernels: IRkernel. */
export class RLanguage implements IKernelLanguage {
  readonly names = R_NAMES;
  readonly formats = R_FORMATS;

  async connect(kernel: Kernel.IKernelConnection): Promise<IKernelLink> {
    return new DisplayLink(kernel, R_NAMES, rCode);
  }

  snippet(subject: ISnippetSubject): string | null {
    return rSnippet(subject);
  }

  literal(value: string | readonly string[]): string {
    return rLiteral(value);
  }
}
