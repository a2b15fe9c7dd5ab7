import type { Kernel } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

/** States in which the process with the variables is gone or on its way out. */
const ENDING: ReadonlySet<Kernel.Status> = new Set([
  'starting',
  'restarting',
  'autorestarting',
  'terminating',
  'dead'
]);

/**
 * Tells when a kernel's process begins and ends, whoever restarts it.
 *
 * A lost connection counts as an end: what was under way may be lost, and nobody knows what happened to
 * the process meanwhile.
 */
export class KernelRun implements IDisposable {
  constructor(readonly kernel: Kernel.IKernelConnection) {}

  /** Counts the beginnings; what was begun under another number is out of date. */
  get beginning(): number {
    return this._beginning;
  }

  /** Whether a process is there and answers. */
  get isRunning(): boolean {
    return this._isRunning;
  }

  get isBusy(): boolean {
    return this.kernel.status === 'busy';
  }

  get isDead(): boolean {
    return this.kernel.status === 'dead';
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** A process is there and answers. */
  readonly began: ISignal<this, void> = new Signal<this, void>(this);
  /** It is gone, and the variables with it. */
  readonly ended: ISignal<this, void> = new Signal<this, void>(this);
  /** It began or ended to run something. */
  readonly busyChanged: ISignal<this, void> = new Signal<this, void>(this);

  /** Starts to tell; `began` comes at once where the kernel is there already. */
  watch(): void {
    this.kernel.statusChanged.connect(this._look, this);
    this.kernel.connectionStatusChanged.connect(this._look, this);
    this._look();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._beginning++;
    this.kernel.statusChanged.disconnect(this._look, this);
    this.kernel.connectionStatusChanged.disconnect(this._look, this);
    Signal.clearData(this);
  }

  private _look(): void {
    const { status, connectionStatus } = this.kernel;
    const isConnected = connectionStatus === 'connected';
    if (!isConnected || ENDING.has(status)) {
      if (this._isRunning || status === 'dead') {
        this._isRunning = false;
        this._beginning++;
        (this.ended as Signal<this, void>).emit();
      }
    } else if (status === 'idle' || status === 'busy') {
      if (!this._isRunning) {
        this._isRunning = true;
        this._beginning++;
        (this.began as Signal<this, void>).emit();
      } else {
        (this.busyChanged as Signal<this, void>).emit();
      }
    }
  }

  private _isRunning = false;
  private _beginning = 0;
  private _isDisposed = false;
}
