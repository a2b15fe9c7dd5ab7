import type { Kernel } from '@jupyterlab/services';

import { ANSWER_TYPE } from './codeLink';
import {
  CPP_HEADERS,
  cppAssign,
  cppCheck,
  cppClear,
  cppDeclare
} from './cppCode';
import { CPP_NAMES } from './cppNames';
import { CPP_FORMATS, cppLiteral, cppSnippet } from './cppSnippets';
import { EntryLink } from './entryLink';
import { type IHiddenOutcome, runHidden } from './hiddenRun';
import type { IKernelLanguage, IKernelLink, ISnippetSubject } from './kernel';
import type { IEntry } from './stringEntries';

/** C++ kernels: ROOT's, xeus-cling and xeus-cpp. */
export class CppLanguage implements IKernelLanguage {
  readonly names = CPP_NAMES;
  readonly formats = CPP_FORMATS;

  async connect(kernel: Kernel.IKernelConnection): Promise<IKernelLink> {
    const { implementation } = await kernel.info;
    const link = new CppLink(kernel, implementation.startsWith('xeus'));
    await link.prepare();
    return link;
  }

  snippet(subject: ISnippetSubject): string | null {
    return cppSnippet(subject);
  }

  literal(value: string | readonly string[]): string {
    return cppLiteral(value);
  }
}

/**
 * What a C++ kernel says is wrong with code that was run, or null.
 *
 * @param isMute - whether it swallows what silent code prints, and tells by the reply's status whether
 * that ran. Others print it, and call a success whatever they were asked.
 */
export function cppProblem(
  { error, stdout, stderr }: IHiddenOutcome,
  isMute: boolean
): string | null {
  if (error !== null) {
    return error;
  }
  if (isMute) {
    return null;
  }
  const said = stdout
    .split('\n')
    .find(line => line.startsWith(`${ANSWER_TYPE} `));
  if (said !== undefined) {
    return said.slice(ANSWER_TYPE.length + 1).trim() || null;
  }
  const complaint = stderr.split('\n').find(line => line.includes('error: '));
  return complaint?.replace(/^.*error: /, '') ?? 'The kernel did not run it.';
}

class CppLink extends EntryLink {
  constructor(
    kernel: Kernel.IKernelConnection,
    private readonly _isMute: boolean
  ) {
    super(kernel, CPP_NAMES);
  }

  again(): IKernelLink {
    const link = new CppLink(this.kernel, this._isMute);
    // Where that fails, so does what is sent behind it, and says why.
    link.prepare().catch(() => undefined);
    return link;
  }

  async prepare(): Promise<void> {
    // One after the other: what cannot be found must not keep the rest back.
    await runHidden(this.kernel, CPP_HEADERS);
  }

  protected async put(entry: IEntry): Promise<string | null> {
    const { manifest } = entry;
    if (manifest) {
      const problem = await this._run(cppCheck(manifest.path, manifest.count));
      if (problem !== null) {
        return problem;
      }
    }
    // Functions of the user's see a new value, but not a new variable of the same name.
    const isSame = this.known(entry.name)?.type === entry.type;
    const first = isSame ? cppAssign : cppDeclare;
    const second = isSame ? cppDeclare : cppAssign;
    const problem = await this._run(first(entry));
    if (problem === null) {
      return null;
    }
    // Not every kernel lets a name be declared again.
    return (await this._run(second(entry))) === null ? null : problem;
  }

  protected async take(entry: IEntry): Promise<void> {
    await this._run(cppClear(entry));
  }

  private async _run(code: string): Promise<string | null> {
    return cppProblem(await runHidden(this.kernel, code), this._isMute);
  }
}
