import type { Kernel, KernelMessage } from '@jupyterlab/services';
import type { JSONObject, JSONValue } from '@lumino/coreutils';
import { UUID } from '@lumino/coreutils';
import { type ISignal, Signal } from '@lumino/signaling';

import { asApiError } from '../api/errors';
import type { IResolvedFile } from '../api/types';
import { evaluate, pythonString, pythonValue } from './evaluate';
import type {
  FetchPage,
  IAcknowledgement,
  IKernelLink,
  IVariable
} from './kernel';
import { parts } from './messageParts';
import { PLAIN_PYTHON } from './plainPython';

const KERNEL_TARGET = 'rucio-jupyterlab:kernel';
const FRONTEND_TARGET = 'rucio-jupyterlab:frontend';

/** What the kernel answers. */
interface IAnswer {
  id?: string;
  action?: string;
  variable_names?: string[];
  problems?: Record<string, string>;
  /** Variables whose list of files the kernel cannot read. */
  needs_pages?: string[];
}

/** A message to the kernel, in one of the ways that there are. */
type Message =
  | { action: 'inject'; dids: readonly IVariable[] }
  | {
      action: 'inject-page';
      variableName: string;
      files: readonly IResolvedFile[];
      offset: number;
      count: number;
    }
  | { action: 'remove'; variable_names: readonly string[] };

/** What the ways into a Python kernel have in common. */
abstract class PythonLink implements IKernelLink {
  constructor(protected readonly kernel: Kernel.IKernelConnection) {}

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  get injectRequested(): ISignal<IKernelLink, void> {
    return this._injectRequested;
  }

  async inject(
    variables: readonly IVariable[],
    fetchPage?: FetchPage
  ): Promise<IAcknowledgement> {
    const accepted = new Set<string>();
    const problems = new Map<string, string>();
    const note = (answer: IAnswer) => {
      for (const name of answer.variable_names ?? []) {
        accepted.add(name);
        problems.delete(name);
      }
      for (const [name, problem] of Object.entries(answer.problems ?? {})) {
        problems.set(name, problem);
      }
    };
    // All of it at once, so that no cell comes in between.
    const asked = [...parts(variables)];
    const answers = await Promise.all(
      asked.map(dids => this.ask({ action: 'inject', dids }))
    );
    for (const [index, answer] of answers.entries()) {
      const dids = asked[index];
      note(answer);
      const paged = new Set(fetchPage ? answer.needs_pages : []);
      for (const variable of dids.filter(one => paged.has(one.variableName))) {
        note(await this._injectPages(variable, fetchPage!));
      }
    }
    return { accepted, problems };
  }

  async remove(names: readonly string[]): Promise<void> {
    await this.ask({ action: 'remove', variable_names: names });
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  /** Sends the files themselves, to a kernel that does not see the list that the server wrote. */
  private async _injectPages(
    variable: IVariable,
    fetchPage: FetchPage
  ): Promise<IAnswer> {
    const { variableName, manifest } = variable;
    const count = manifest?.count ?? 0;
    for (let offset = 0; ;) {
      let files: readonly IResolvedFile[];
      try {
        files = await fetchPage(variable, offset);
      } catch (reason) {
        return { problems: { [variableName]: asApiError(reason).message } };
      }
      const answer = await this.ask({
        action: 'inject-page',
        variableName,
        files,
        offset,
        count
      });
      offset += files.length;
      if (!answer.needs_pages?.includes(variableName) || files.length === 0) {
        return answer;
      }
    }
  }

  protected abstract ask(message: Message): Promise<IAnswer>;

  protected requestInjection(): void {
    this._injectRequested.emit();
  }

  private readonly _injectRequested = new Signal<IKernelLink, void>(this);
  private _isDisposed = false;
}

/** By comm: the usual way. */
export class CommLink extends PythonLink {
  constructor(kernel: Kernel.IKernelConnection) {
    super(kernel);
    this._comm = kernel.createComm(KERNEL_TARGET);
    // On the kernel's main thread, so that a variable changes between two cells and not within one.
    // An older JupyterLab has no other thread and no such property.
    (this._comm as { commsOverSubshells?: string }).commsOverSubshells =
      'disabled';
    this._comm.onMsg = message => this._receive(message.content.data);
    this._comm.open({});
    kernel.registerCommTarget(FRONTEND_TARGET, this._accept);
  }

  again(): IKernelLink {
    // Loads our part into the new process. Where that fails, there is nobody whom the comm reaches.
    evaluate(this.kernel, CONNECT).catch(() => undefined);
    return new CommLink(this.kernel);
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.kernel.removeCommTarget(FRONTEND_TARGET, this._accept);
    // A process that ended has forgotten the comm, and the next one has never heard of it.
    const isThere = ['idle', 'busy'].includes(this.kernel.status);
    if (isThere && !this._comm.isDisposed && !this.kernel.isDisposed) {
      this._comm.close();
    } else {
      this._comm.dispose();
    }
    super.dispose();
  }

  protected async ask(message: Message): Promise<IAnswer> {
    const id = UUID.uuid4();
    const future = this._comm.send({ ...message, id } as unknown as JSONObject);
    try {
      await future.done;
      const answer = this._answers.get(id);
      if (!answer) {
        throw new Error('The kernel received the variables and did not answer');
      }
      return answer;
    } finally {
      this._answers.delete(id);
    }
  }

  private _receive(data: JSONValue): void {
    const answer = data as IAnswer;
    if (answer?.action === 'request-inject') {
      this.requestInjection();
    } else if (answer?.id) {
      this._answers.set(answer.id, answer);
    }
  }

  private readonly _accept = (
    comm: Kernel.IComm,
    opening: KernelMessage.ICommOpenMsg
  ): void => {
    comm.onMsg = message => this._receive(message.content.data);
    this._receive(opening.content.data);
  };

  private readonly _comm: Kernel.IComm;
  private readonly _answers = new Map<string, IAnswer>();
}

const PACKAGE = 'rucio_jupyterlab.kernels.ipython';

/** The expression that loads our package's part; it raises where there is none. */
export const CONNECT = `__import__("${PACKAGE}", fromlist=["connect"]).connect()`;

/**
 * By expressions, to our package. For a page that shows the kernel twice: one of its connections owns the
 * comms, and this is the other.
 */
export class ExpressionLink extends PythonLink {
  again(): IKernelLink {
    return new ExpressionLink(this.kernel);
  }

  protected async ask(message: Message): Promise<IAnswer> {
    return (await evaluate(
      this.kernel,
      `__import__("${PACKAGE}", fromlist=["perform"]).perform(${pythonValue(message)})`
    )) as IAnswer;
  }
}

/** By expressions, to a kernel that has nothing of ours. */
export class PlainLink extends PythonLink {
  again(): IKernelLink {
    return new PlainLink(this.kernel);
  }

  protected async ask(message: Message): Promise<IAnswer> {
    return (await evaluate(
      this.kernel,
      plainExpression(pythonValue(message))
    )) as IAnswer;
  }
}

/** The expression that runs `PLAIN_PYTHON` on a request. */
export function plainExpression(request: string): string {
  const names = `{"user": globals(), "request": ${request}}`;
  const run = `__import__("builtins").exec(${pythonString(PLAIN_PYTHON)}, names)`;
  return `(lambda names: (${run}, names["answer"])[1])(${names})`;
}
