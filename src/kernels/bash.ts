import type { Kernel } from '@jupyterlab/services';

import { BASH_PROBLEMS, bashCode } from './bashCode';
import { BASH_NAMES } from './bashNames';
import { BASH_FORMATS, bashLiteral, bashSnippet } from './bashSnippets';
import { EntryLink } from './entryLink';
import { runHidden } from './hiddenRun';
import type { IKernelLanguage, IKernelLink, ISnippetSubject } from './kernel';
import type { IEntry } from './stringEntries';

/** bash: bash_kernel. */
export class BashLanguage implements IKernelLanguage {
  readonly names = BASH_NAMES;
  readonly formats = BASH_FORMATS;

  async connect(kernel: Kernel.IKernelConnection): Promise<IKernelLink> {
    return new BashLink(kernel, BASH_NAMES);
  }

  snippet(subject: ISnippetSubject): string | null {
    return bashSnippet(subject);
  }

  literal(value: string | readonly string[]): string {
    return bashLiteral(value);
  }
}

class BashLink extends EntryLink {
  again(): IKernelLink {
    return new BashLink(this.kernel, this.names);
  }

  protected async put(entry: IEntry): Promise<string | null> {
    const { error } = await runHidden(this.kernel, bashCode('put', entry));
    return error === null ? null : (BASH_PROBLEMS[error] ?? error);
  }

  protected async take(entry: IEntry): Promise<void> {
    await runHidden(this.kernel, bashCode('take', entry));
  }
}
