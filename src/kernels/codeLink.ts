import type { Kernel } from '@jupyterlab/services';
import { type ISignal, Signal } from '@lumino/signaling';

import { type INameRules, isVariableName } from '../model/variableName';
import { type IHiddenOutcome, runHidden } from './hiddenRun';
import type { IAcknowledgement, IKernelLink, IVariable } from './kernel';
import { parts } from './messageParts';
import { type IEntry, toEntry } from './stringEntries';

/** The MIME type under which a kernel displays its answer, where it can display something. */
export const ANSWER_TYPE = 'application/vnd.rucio.attached';

/** What a kernel is asked to do. */
export interface IRequest {
  readonly dids: readonly IEntry[];
  /** The variables to take away. */
  readonly variable_names: readonly string[];
}

/** What a kernel answers. */
export interface IAnswer {
  variable_names?: string[];
  problems?: Record<string, string>;
}

/** A way into a kernel that has nothing of ours: by code that it runs out of the user's sight. */
export abstract class CodeLink implements IKernelLink {
  constructor(
    protected readonly kernel: Kernel.IKernelConnection,
    protected readonly names: INameRules
  ) {}

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Never: there is nothing in such a kernel that the user could ask. */
  readonly injectRequested: ISignal<IKernelLink, void> = new Signal<
    IKernelLink,
    void
  >(this);

  async inject(variables: readonly IVariable[]): Promise<IAcknowledgement> {
    const accepted = new Set<string>();
    const problems = new Map<string, string>();
    const requests: IRequest[] = [];
    for (const part of parts(variables)) {
      const dids: IEntry[] = [];
      for (const entry of part.map(toEntry)) {
        const problem = this._problem(entry);
        if (problem === null) {
          dids.push(entry);
        } else {
          problems.set(entry.name, problem);
        }
      }
      if (dids.length > 0) {
        requests.push({ dids, variable_names: [] });
      }
    }
    // All of it at once, so that no cell comes in between.
    const asked = requests.map(request => this.ask(request));
    for (const answer of await Promise.all(asked)) {
      answer.variable_names?.forEach(name => accepted.add(name));
      for (const [name, problem] of Object.entries(answer.problems ?? {})) {
        problems.set(name, problem);
      }
    }
    return { accepted, problems };
  }

  async remove(names: readonly string[]): Promise<void> {
    const possible = names.filter(name => isVariableName(name, this.names));
    if (possible.length > 0) {
      await this.ask({ dids: [], variable_names: possible });
    }
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  abstract again(): IKernelLink;

  protected abstract ask(request: IRequest): Promise<IAnswer>;

  private _problem({ name, type, files }: IEntry): string | null {
    // Names are code where they are set, whatever the language.
    if (!isVariableName(name, this.names)) {
      return `“${name}” cannot be the name of a variable in ${this.names.displayName}. Rename it.`;
    }
    const came = files?.length ?? 0;
    return type === 'file' && came !== 1
      ? `Attached as a file, but ${came} files came for it.`
      : null;
  }

  private _isDisposed = false;
}

/** A way into a kernel that can display an answer of its own. */
export class DisplayLink extends CodeLink {
  /**
   * @param code - what the kernel is asked to run: it does what the request says, and displays an
   * `IAnswer` as JSON under `ANSWER_TYPE`, or raises it as an error of that name.
   */
  constructor(
    kernel: Kernel.IKernelConnection,
    names: INameRules,
    private readonly _code: (request: IRequest) => string
  ) {
    super(kernel, names);
  }

  again(): IKernelLink {
    return new DisplayLink(this.kernel, this.names, this._code);
  }

  protected async ask(request: IRequest): Promise<IAnswer> {
    const outcome = await runHidden(this.kernel, this._code(request));
    const answer = answerIn(outcome);
    if (answer === null) {
      throw new Error(
        outcome.error ?? 'The kernel received the variables and did not answer'
      );
    }
    return answer;
  }
}

/** What a kernel displayed as its answer, or raised as one; null where it did not. */
function answerIn({ data, error }: IHiddenOutcome): IAnswer | null {
  const said = data[ANSWER_TYPE] ?? raisedIn(error);
  if (typeof said !== 'string') {
    return null;
  }
  try {
    return JSON.parse(said) as IAnswer;
  } catch {
    return null;
  }
}

/** What stands behind the type in an error; null where it is an error of another kind, or none. */
export function raisedIn(error: string | null): string | null {
  const at = error?.indexOf(`${ANSWER_TYPE}: `) ?? -1;
  return error !== null && at >= 0
    ? error.slice(at + ANSWER_TYPE.length + 2)
    : null;
}
