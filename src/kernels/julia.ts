import type { Kernel } from '@jupyterlab/services';

import { raisedIn } from './codeLink';
import { EntryLink } from './entryLink';
import { runHidden } from './hiddenRun';
import { juliaCode } from './juliaCode';
import { JULIA_NAMES } from './juliaNames';
import { JULIA_FORMATS, juliaLiteral, juliaSnippet } from './juliaSnippets';
import type { IKernelLanguage, IKernelLink, ISnippetSubject } from './kernel';
import type { IEntry } from './stringEntries';

/** Julia kernels: IJulia. */
export class JuliaLanguage implements IKernelLanguage {
  readonly names = JULIA_NAMES;
  readonly formats = JULIA_FORMATS;

  async connect(kernel: Kernel.IKernelConnection): Promise<IKernelLink> {
    return new JuliaLink(kernel, JULIA_NAMES);
  }

  snippet(subject: ISnippetSubject): string | null {
    return juliaSnippet(subject);
  }

  literal(value: string | readonly string[]): string {
    return juliaLiteral(value);
  }
}

class JuliaLink extends EntryLink {
  again(): IKernelLink {
    return new JuliaLink(this.kernel, this.names);
  }

  protected async put(entry: IEntry): Promise<string | null> {
    const { error } = await runHidden(this.kernel, juliaCode('put', entry));
    const problem = raisedIn(error) ?? error;
    return problem === null ? 'The kernel did not answer.' : problem || null;
  }

  protected async take(entry: IEntry): Promise<void> {
    await runHidden(this.kernel, juliaCode('take', entry));
  }
}
