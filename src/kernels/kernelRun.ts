import type { Kernel, KernelMessage } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

/** States in which the process with the variables is gone or on its way out. */
const GONE: ReadonlySet<Kernel.Status> = new Set([
  'restarting',
  'autorestarting',
  'terminating',
  'dead'
]);

/** How long a new process is waited for before it is called, and at most between two calls. */
const CALL_MS = 500;
const MAX_CALL_MS = 8000;
/** After so many, a minute later, it is not coming; and calling for ever keeps a server from resting. */
const MAX_CALLS = 10;

/**
 * Tells when a kernel's process begins and ends, whoever restarts it.
 *
 * A lost connection counts as an end: what was under way may be lost, and nobody knows what happened to
 * the process meanwhile. A kernel's status alone does not do: a restart from another page changes none,
 * and after a crash it may stay `unknown` or `starting` until the user runs something. So the messages
 * are listened to: the goodbye of the old process, and the session of the new one.
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
  /**
   * This page had it restarted, and what is sent from now on reaches the next one, in front of what the
   * user runs there. `began` comes later.
   */
  readonly replaced: ISignal<this, void> = new Signal<this, void>(this);
  /** It began or ended to run something. */
  readonly busyChanged: ISignal<this, void> = new Signal<this, void>(this);

  /** Starts to tell; `began` comes at once where the kernel is there already. */
  watch(): void {
    this.kernel.statusChanged.connect(this._look, this);
    this.kernel.connectionStatusChanged.connect(this._look, this);
    this.kernel.iopubMessage.connect(this._listen, this);
    this._look();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._beginning++;
    window.clearTimeout(this._timer);
    this.kernel.statusChanged.disconnect(this._look, this);
    this.kernel.connectionStatusChanged.disconnect(this._look, this);
    this.kernel.iopubMessage.disconnect(this._listen, this);
    Signal.clearData(this);
  }

  private _look(): void {
    const { status, connectionStatus } = this.kernel;
    if (status === 'restarting') {
      this._isRestarting = true;
      this._leaving = this._session ?? this._leaving;
    }
    // A process may say that it starts after it has answered; of another one the session tells.
    const isStarting = status === 'starting' && this._session === null;
    if (connectionStatus !== 'connected' || GONE.has(status) || isStarting) {
      this._end();
    } else if (status === 'idle' || status === 'busy') {
      this._go();
    }
    if (
      this._isRestarting &&
      status !== 'restarting' &&
      connectionStatus === 'connected'
    ) {
      this._isRestarting = false;
      // It is on its way out and may still speak.
      this._left = this._session ?? this._leaving ?? this._left;
      this._leaving = this._session = null;
      (this.replaced as Signal<this, void>).emit();
    }
    if (connectionStatus === 'connected' && !this._isRunning) {
      // What a process said while we were connecting to it is lost, and it does not say it again.
      this._call(CALL_MS, MAX_CALLS);
    }
  }

  private _listen(
    _: Kernel.IKernelConnection,
    message: KernelMessage.IIOPubMessage
  ): void {
    // The server's own messages answer nobody and carry a session of the server's.
    if (!('msg_id' in message.parent_header)) {
      return;
    }
    const { session: said, msg_type: type } = message.header as {
      session: string;
      msg_type: string;
    };
    // IRkernel has no session: it repeats that of whoever asked, and several may.
    const asker = (message.parent_header as { session?: string }).session;
    const session = said === asker ? null : said;
    if (session !== null && session === this._left) {
      return;
    }
    if (type === 'shutdown_reply') {
      this._left = session;
      this._end();
      if ((message.content as { restart?: boolean }).restart) {
        this._call(CALL_MS, MAX_CALLS);
      }
      return;
    }
    if (session !== null) {
      if (this._session !== null && session !== this._session) {
        this._end();
      }
      this._session = session;
      this._left = null;
    }
    const { status, connectionStatus } = this.kernel;
    const canRun = connectionStatus === 'connected' && !GONE.has(status);
    if (!this._isRunning && canRun) {
      this._go();
    }
  }

  /** Asks a process something, so that it says something, until it does. */
  private _call(afterMs: number, calls: number): void {
    window.clearTimeout(this._timer);
    if (calls === 0 || this._isDisposed) {
      return;
    }
    this._timer = window.setTimeout(() => {
      const { status, connectionStatus } = this.kernel;
      if (connectionStatus === 'connected' && !GONE.has(status)) {
        this.kernel.requestKernelInfo().catch(() => {
          // The kernel went; its status tells.
        });
      }
      if (!this._isRunning) {
        this._call(Math.min(2 * afterMs, MAX_CALL_MS), calls - 1);
      }
    }, afterMs);
  }

  private _go(): void {
    if (this._left !== null) {
      // What still speaks is the process that has said goodbye.
      return;
    }
    if (this._isRunning) {
      (this.busyChanged as Signal<this, void>).emit();
    } else {
      window.clearTimeout(this._timer);
      this._isRunning = true;
      this._beginning++;
      (this.began as Signal<this, void>).emit();
    }
  }

  private _end(): void {
    this._session = null;
    if (this._isRunning || this.isDead) {
      this._isRunning = false;
      this._beginning++;
      (this.ended as Signal<this, void>).emit();
    }
  }

  private _isRunning = false;
  private _isRestarting = false;
  /** The session of the process that this page has restarted, until there is a connection to the next. */
  private _leaving: string | null = null;
  private _beginning = 0;
  /** The session of the process that runs, once it has said something. */
  private _session: string | null = null;
  /** The session of a process that has said goodbye, until the next one speaks. */
  private _left: string | null = null;
  private _timer = 0;
  private _isDisposed = false;
}
