import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import type { IErrorBody } from '../api/types';
import type { IKernelLanguage, IKernelLink } from './kernel';
import { KernelRun } from './kernelRun';
import type { WaitReason } from './states';

/** Finds the language of a kernel; `language` is undefined where none of ours fits. */
export type LanguageOf = (
  kernel: Kernel.IKernelConnection
) => Promise<{ name: string; language: IKernelLanguage | undefined }>;

/** An error about a kernel, in the shape of the server's. */
export function kernelFault(message: string, hint: string | null): IErrorBody {
  return { code: 'kernel', message, hint, rucio: null };
}

/**
 * The way into the kernel that a notebook has at the moment.
 *
 * It is closed while there is no kernel or no process, and is opened only when asked, since a notebook
 * with nothing attached has no business in its kernel.
 */
export class KernelDoor implements IDisposable {
  constructor(languageOf: LanguageOf, trans: TranslationBundle) {
    this._languageOf = languageOf;
    this._trans = trans;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  get kernel(): Kernel.IKernelConnection | null {
    return this._run?.kernel ?? null;
  }

  /** The way in, while it is open. */
  get link(): IKernelLink | null {
    return this._link;
  }

  /** Why it cannot be opened. */
  get error(): IErrorBody | null {
    return this._error;
  }

  get isBusy(): boolean {
    return this._run?.isBusy ?? false;
  }

  /** What is waited for while it is closed. */
  get waitReason(): WaitReason {
    if (!this._run) {
      return 'no_kernel';
    }
    if (this._run.isDead) {
      return 'dead';
    }
    return this._run.isBusy ? 'busy' : 'starting';
  }

  /** A process is there that can be asked. */
  readonly began: ISignal<this, void> = new Signal<this, void>(this);
  /** The process is gone, or the kernel is another one. */
  readonly ended: ISignal<this, void> = new Signal<this, void>(this);
  readonly busyChanged: ISignal<this, void> = new Signal<this, void>(this);
  /** It was opened, or could not be, as `link` or `error` tell. */
  readonly tried: ISignal<this, void> = new Signal<this, void>(this);
  /** The user asked in the kernel for all variables to be sent again. */
  readonly injectRequested: ISignal<this, void> = new Signal<this, void>(this);

  setKernel(kernel: Kernel.IKernelConnection | null): void {
    this._run?.dispose();
    this._run = kernel && !kernel.isDisposed ? new KernelRun(kernel) : null;
    this._run?.replaced.connect(this._onReplaced, this);
    this._run?.ended.connect(this._onEnded, this);
    this._run?.began.connect(() => emit(this.began));
    this._run?.busyChanged.connect(() => emit(this.busyChanged));
    this._onEnded();
    this._last = null;
    this._run?.watch();
  }

  /** Opens it, if it is closed and there is a process; `tried` tells when that is done. */
  open(): void {
    const run = this._run;
    if (!run?.isRunning || this._link || this._error) {
      return;
    }
    const attempt = `${run.kernel.id} ${run.beginning}`;
    if (attempt !== this._attempt) {
      this._attempt = attempt;
      void this._try(run, run.beginning);
    }
  }

  /** Forgets why it could not be opened, so that it is tried again. */
  forgive(): void {
    this._error = null;
  }

  /** What came over the link made it unusable. */
  fail(link: IKernelLink, error: IErrorBody): void {
    if (this._link !== link) {
      return;
    }
    this._close();
    this._last = null;
    if (link === this._presumed) {
      // The kernel has not been asked yet which way there is.
      this.open();
    } else {
      this._error = error;
    }
  }

  /** The error for what a link or a kernel rejected with. */
  faultOf(reason: unknown): IErrorBody {
    const said = reason instanceof Error ? reason.message : String(reason);
    return kernelFault(
      this._trans.__('The kernel did not take the variables (%1).', said),
      this._trans.__('Send them again, or restart the kernel.')
    );
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._run?.dispose();
    this._run = null;
    this._close();
    Signal.clearData(this);
  }

  private async _try(run: KernelRun, beginning: number): Promise<void> {
    // A dispose of the run counts as an end, too.
    const isOver = () => run.beginning !== beginning;
    let link: IKernelLink | null = null;
    let error: IErrorBody | null = null;
    try {
      const { name, language } = await this._languageOf(run.kernel);
      if (isOver()) {
        return;
      }
      if (language) {
        link = await language.connect(run.kernel);
      } else {
        error = kernelFault(
          this._trans.__('Variables in %1 are not supported yet.', name),
          this._trans.__('Choose a Python kernel.')
        );
      }
    } catch (reason) {
      error = this.faultOf(reason);
    }
    if (isOver()) {
      link?.dispose();
      return;
    }
    this._attempt = '';
    this._link = link;
    this._error = error;
    link?.injectRequested.connect(() => emit(this.injectRequested));
    emit(this.tried);
  }

  /** Whoever restarts a kernel may run all cells as soon as that can be: no time to ask anything. */
  private _onReplaced(): void {
    const link = this._link ? null : this._last?.again?.();
    if (!link) {
      return;
    }
    this._link = this._presumed = link;
    link.injectRequested.connect(() => emit(this.injectRequested));
    emit(this.tried);
  }

  private _onEnded(): void {
    this._last = this._link ?? this._last;
    this._close();
    this._error = null;
    emit(this.ended);
  }

  private _close(): void {
    this._link?.dispose();
    this._link = null;
    this._attempt = '';
  }

  private readonly _languageOf: LanguageOf;
  private readonly _trans: TranslationBundle;
  private _run: KernelRun | null = null;
  private _link: IKernelLink | null = null;
  private _error: IErrorBody | null = null;
  /** The way into the process of before, if it is the same kernel. */
  private _last: IKernelLink | null = null;
  /** A way that is taken to be the same as before. */
  private _presumed: IKernelLink | null = null;
  /** The beginning of the process that is tried to be reached. */
  private _attempt = '';
  private _isDisposed = false;
}

function emit(signal: ISignal<KernelDoor, void>): void {
  (signal as Signal<KernelDoor, void>).emit();
}
