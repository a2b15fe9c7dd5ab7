import type { Kernel } from '@jupyterlab/services';
import { type ISignal, Signal } from '@lumino/signaling';

import { asApiError } from '../api/errors';
import type { INameRules } from '../model/variableName';
import type {
  IAcknowledgement,
  IKernelLanguage,
  IKernelLink,
  IVariable
} from './kernel';

/** Writes what a variable would hold to a file that the kernel can read; gives its path. */
export type WriteFile = (variable: IVariable) => Promise<string>;

/** A language of which nothing is known: nothing is run in its kernels, and files say where the data is. */
export class AnyLanguage implements IKernelLanguage {
  constructor(private readonly _write: WriteFile) {}

  readonly names: INameRules = {
    displayName: 'this language',
    pattern: /^\S+$/,
    reserved: new Set(),
    builtins: new Set()
  };
  readonly formats = [];

  async connect(_: Kernel.IKernelConnection): Promise<IKernelLink> {
    return new FileLink(this._write);
  }

  snippet(): null {
    return null;
  }

  literal(value: string | readonly string[]): string {
    return JSON.stringify(value);
  }
}

class FileLink implements IKernelLink {
  constructor(private readonly _write: WriteFile) {}

  isDisposed = false;

  readonly injectRequested: ISignal<IKernelLink, void> = new Signal<
    IKernelLink,
    void
  >(this);

  async inject(variables: readonly IVariable[]): Promise<IAcknowledgement> {
    const inFiles = new Map<string, string>();
    const problems = new Map<string, string>();
    await Promise.all(
      variables.map(async variable => {
        try {
          inFiles.set(variable.variableName, await this._write(variable));
        } catch (reason) {
          problems.set(variable.variableName, asApiError(reason).message);
        }
      })
    );
    return { accepted: new Set(), problems, inFiles };
  }

  async remove(): Promise<void> {
    // The kernel has nothing.
  }

  dispose(): void {
    this.isDisposed = true;
    Signal.clearData(this);
  }
}
