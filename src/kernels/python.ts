import type { Kernel } from '@jupyterlab/services';

import { evaluate, KernelError } from './evaluate';
import type { IKernelLanguage, IKernelLink, ISnippetSubject } from './kernel';
import { CommLink, CONNECT, ExpressionLink, PlainLink } from './pythonLinks';
import { PYTHON_NAMES } from './pythonNames';
import { PYTHON_FORMATS, pythonLiteral, pythonSnippet } from './pythonSnippets';

/** The messages that the package in the kernel has to understand. */
const PROTOCOL = 1;

/** Python kernels, with our package installed in them or without. */
export class PythonLanguage implements IKernelLanguage {
  readonly names = PYTHON_NAMES;
  readonly formats = PYTHON_FORMATS;

  async connect(kernel: Kernel.IKernelConnection): Promise<IKernelLink> {
    if (!(await this._hasPackage(kernel))) {
      return new PlainLink(kernel);
    }
    return kernel.handleComms
      ? new CommLink(kernel)
      : new ExpressionLink(kernel);
  }

  snippet(subject: ISnippetSubject): string | null {
    return pythonSnippet(subject);
  }

  literal(value: string | readonly string[]): string {
    return pythonLiteral(value);
  }

  private async _hasPackage(
    kernel: Kernel.IKernelConnection
  ): Promise<boolean> {
    try {
      return (await evaluate(kernel, CONNECT)) === PROTOCOL;
    } catch (reason) {
      if (reason instanceof KernelError) {
        return false;
      }
      throw reason;
    }
  }
}
