import type { Kernel } from '@jupyterlab/services';
import {
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import type { IErrorBody, IResolved } from '../api/types';
import {
  attachmentKey,
  type IAttachment,
  type NotebookAttachments
} from '../model/attachments';
import { type INameRules, isVariableName } from '../model/variableName';
import type { IKernelLanguage, IKernelLink, IVariable } from './kernel';
import { KernelRun } from './kernelRun';
import { isThere, type Resolution } from './resolver';
import type { KernelState, WaitReason } from './states';

/** What an injector works with. */
export interface IInjectorOptions {
  readonly attachments: NotebookAttachments;
  /** Asks the server; answers in the order asked and never rejects. */
  readonly resolve: (
    attachments: readonly IAttachment[]
  ) => Promise<Resolution[]>;
  /** The language of a kernel, or undefined where none of ours fits; `name` is for the sentence. */
  readonly languageOf: (
    kernel: Kernel.IKernelConnection
  ) => Promise<{ name: string; language: IKernelLanguage | undefined }>;
  /** The rules for names in the notebook's language, as far as that is known. */
  readonly names: () => INameRules | undefined;
  readonly trans?: TranslationBundle;
}

/** An attachment on its way. */
interface IJourney {
  readonly attachment: IAttachment;
  state: KernelState;
  /** What the server said last; null while it is asked. */
  resolved: IResolved | null;
  /** Raised by everything that makes an answer under way out of date. */
  turn: number;
}

/**
 * Keeps the variables of one notebook in the kernel that the notebook has at the moment.
 *
 * Two things have to be known before a variable can be sent: where its files are, which the server
 * says, and a way into the kernel. They are waited for at the same time, and either starts again when
 * what it is about changes: an attachment, a kernel, a restart.
 */
export class Injector implements IDisposable {
  constructor(options: IInjectorOptions) {
    this._options = options;
    this._trans = options.trans ?? nullTranslator.load('rucio-jupyterlab');
    options.attachments.changed.connect(this._follow, this);
    this._follow();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Some attachment's state changed. */
  readonly stateChanged: ISignal<this, void> = new Signal<this, void>(this);

  /** The user asked in the kernel for all variables to be sent again. */
  readonly injectRequested: ISignal<this, void> = new Signal<this, void>(this);

  get kernel(): Kernel.IKernelConnection | null {
    return this._run?.kernel ?? null;
  }

  state(attachment: IAttachment): KernelState | undefined {
    return this._journeys.get(attachmentKey(attachment))?.state;
  }

  /** What the server said last of an attachment. */
  resolved(attachment: IAttachment): IResolved | null {
    return this._journeys.get(attachmentKey(attachment))?.resolved ?? null;
  }

  /** The notebook has another kernel, or none. */
  setKernel(kernel: Kernel.IKernelConnection | null): void {
    this._run?.dispose();
    this._run = kernel && !kernel.isDisposed ? new KernelRun(kernel) : null;
    this._run?.ended.connect(this._onEnded, this);
    this._run?.began.connect(this._onBegan, this);
    this._run?.busyChanged.connect(this._onBusyChanged, this);
    this._onEnded();
    this._run?.watch();
  }

  /** Asks the server again and sends the variables again; all of them or those that are chosen. */
  injectAgain(
    isChosen: (attachment: IAttachment, state: KernelState) => boolean = () =>
      true
  ): void {
    // Where the way into the kernel failed, another one is tried.
    this._linkError = null;
    this._resolve(
      [...this._journeys.values()].filter(({ attachment, state }) =>
        isChosen(attachment, state)
      )
    );
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._options.attachments.changed.disconnect(this._follow, this);
    this._run?.dispose();
    this._run = null;
    this._link?.dispose();
    this._link = null;
    this._journeys.clear();
    Signal.clearData(this);
  }

  /** Takes over what the metadata says now. */
  private _follow(): void {
    const { attachments } = this._options.attachments;
    const wanted = new Map(attachments.map(one => [attachmentKey(one), one]));
    for (const [key, journey] of this._journeys) {
      if (!wanted.has(key)) {
        this._journeys.delete(key);
        this._toRemove.add(journey.attachment.variableName);
      }
    }
    const added: IJourney[] = [];
    for (const [key, attachment] of wanted) {
      // A name that is in use again is set anew and must not be deleted after that.
      this._toRemove.delete(attachment.variableName);
      if (!this._journeys.has(key)) {
        const journey: IJourney = {
          attachment,
          state: { kind: 'resolving' },
          resolved: null,
          turn: 0
        };
        this._journeys.set(key, journey);
        added.push(journey);
      }
    }
    void this._remove();
    this._resolve(added);
    this._changed();
  }

  private _onEnded(): void {
    this._link?.dispose();
    this._link = null;
    this._linkError = null;
    for (const journey of this._journeys.values()) {
      if (journey.state.kind !== 'resolving') {
        journey.turn++;
        this._setState(journey, this._waiting());
      }
    }
    this._changed();
  }

  private _onBegan(): void {
    void this._connect();
    // What was known before a restart may be hours old.
    this.injectAgain((_, { kind }) => kind !== 'resolving');
  }

  private _onBusyChanged(): void {
    for (const journey of this._journeys.values()) {
      if (
        journey.state.kind === 'sending' ||
        journey.state.kind === 'waiting'
      ) {
        this._setState(journey, this._onItsWay());
      }
    }
    this._changed();
  }

  private _resolve(journeys: readonly IJourney[]): void {
    if (journeys.length === 0) {
      return;
    }
    const asked = journeys.flatMap(journey => {
      const turn = ++journey.turn;
      const fault = this._nameFault(journey.attachment);
      if (fault) {
        this._fail(journey, fault);
        return [];
      }
      journey.resolved = null;
      this._setState(journey, { kind: 'resolving' });
      return [{ journey, turn }];
    });
    this._changed();
    if (asked.length === 0) {
      return;
    }
    void this._connect();
    void this._options
      .resolve(asked.map(({ journey }) => journey.attachment))
      .then(resolutions => {
        const current = asked.flatMap(({ journey, turn }, index) =>
          this._isCurrent(journey, turn)
            ? [{ journey, resolution: resolutions[index] }]
            : []
        );
        for (const { journey, resolution } of current) {
          if ('error' in resolution) {
            this._fail(journey, resolution.error);
          } else {
            journey.resolved = resolution.resolved;
            this._setState(journey, this._waiting());
          }
        }
        this._changed();
        return this._send(current.map(({ journey }) => journey));
      });
  }

  private async _connect(): Promise<void> {
    const run = this._run;
    if (
      !run?.isRunning ||
      this._link ||
      this._linkError ||
      this._journeys.size === 0
    ) {
      return;
    }
    const beginning = run.beginning;
    if (this._connecting?.run === run && this._connecting.at === beginning) {
      return;
    }
    const connecting = (this._connecting = { run, at: beginning });
    const isOver = () =>
      this._isDisposed || this._run !== run || run.beginning !== beginning;
    try {
      const { name, language } = await this._options.languageOf(run.kernel);
      if (isOver()) {
        return;
      }
      if (!language) {
        this._linkError = fault(
          this._trans.__('Variables in %1 are not supported yet.', name),
          this._trans.__('Choose a Python kernel.')
        );
      } else {
        const link = await language.connect(run.kernel);
        if (isOver()) {
          link.dispose();
          return;
        }
        this._linkError = null;
        this._link = link;
        link.injectRequested.connect(() => {
          (this.injectRequested as Signal<this, void>).emit();
        });
      }
    } catch (reason) {
      if (isOver()) {
        return;
      }
      this._linkError = this._kernelFault(reason);
    } finally {
      if (this._connecting === connecting) {
        this._connecting = null;
      }
    }
    void this._remove();
    await this._send([...this._journeys.values()]);
  }

  /** Sends those of the journeys that are resolved, if there is a way into the kernel. */
  private async _send(journeys: readonly IJourney[]): Promise<void> {
    const ready = journeys.filter(
      ({ resolved, state }) => resolved !== null && state.kind === 'waiting'
    );
    if (!this._link) {
      if (this._linkError) {
        ready.forEach(journey => this._fail(journey, this._linkError!));
        this._changed();
      }
      return;
    }
    const sent = ready.map(journey => {
      this._setState(journey, this._onItsWay());
      return { journey, turn: ++journey.turn };
    });
    this._changed();
    if (sent.length > 0) {
      await this._deliver(this._link, sent);
      this._changed();
    }
  }

  private async _deliver(
    link: IKernelLink,
    sent: readonly { journey: IJourney; turn: number }[]
  ): Promise<void> {
    // What the answer is about, whatever the server says in the meantime.
    const variables = sent.map(({ journey }) =>
      toVariable(journey.attachment, journey.resolved!, this._trans)
    );
    let conclude: (variable: IVariable, journey: IJourney) => void;
    try {
      const { accepted, problems } = await link.inject(variables);
      conclude = (variable, journey) => {
        const name = variable.variableName;
        if (!accepted.has(name)) {
          this._fail(
            journey,
            fault(
              problems.get(name) ??
                this._trans.__('The kernel did not take the variable.'),
              null
            )
          );
        } else {
          this._setState(
            journey,
            variable.didAvailable
              ? { kind: 'ready', count: journey.resolved?.count ?? null }
              : { kind: 'unavailable', message: variable.message ?? '' }
          );
        }
      };
    } catch (reason) {
      const error = this._kernelFault(reason);
      conclude = (_, journey) => this._fail(journey, error);
      if (this._link === link) {
        link.dispose();
        this._link = null;
        this._linkError = error;
      }
    }
    sent.forEach(({ journey, turn }, index) => {
      if (this._isCurrent(journey, turn)) {
        conclude(variables[index], journey);
      }
    });
  }

  private async _remove(): Promise<void> {
    const link = this._link;
    if (!link || this._toRemove.size === 0) {
      return;
    }
    const names = [...this._toRemove];
    this._toRemove.clear();
    try {
      await link.remove(names);
    } catch {
      // The kernel ended, and the variables with it; or it refuses, and a variable stays that
      // nothing in the notebook speaks of any more.
    }
  }

  private _isCurrent(journey: IJourney, turn: number): boolean {
    return (
      !this._isDisposed &&
      journey.turn === turn &&
      this._journeys.get(attachmentKey(journey.attachment)) === journey
    );
  }

  private _waiting(): KernelState {
    return { kind: 'waiting', reason: this._waitReason() };
  }

  private _onItsWay(): KernelState {
    return this._link && !this._run?.isBusy
      ? { kind: 'sending' }
      : this._waiting();
  }

  private _waitReason(): WaitReason {
    if (!this._run) {
      return 'no_kernel';
    }
    if (this._run.isDead) {
      return 'dead';
    }
    return this._run.isBusy ? 'busy' : 'starting';
  }

  private _nameFault({ variableName }: IAttachment): IErrorBody | null {
    const rules = this._options.names();
    return !rules || isVariableName(variableName, rules)
      ? null
      : fault(
          this._trans.__(
            '“%1” cannot be the name of a variable in %2.',
            variableName,
            rules.displayName
          ),
          this._trans.__('Rename it.')
        );
  }

  private _kernelFault(reason: unknown): IErrorBody {
    const said = reason instanceof Error ? reason.message : String(reason);
    return fault(
      this._trans.__('The kernel did not take the variables (%1).', said),
      this._trans.__('Send them again, or restart the kernel.')
    );
  }

  private _fail(journey: IJourney, error: IErrorBody): void {
    this._setState(journey, { kind: 'failed', error });
  }

  private _setState(journey: IJourney, state: KernelState): void {
    journey.state = state;
  }

  private _changed(): void {
    if (!this._isDisposed) {
      (this.stateChanged as Signal<this, void>).emit();
    }
  }

  private readonly _options: IInjectorOptions;
  private readonly _trans: TranslationBundle;
  private readonly _journeys = new Map<string, IJourney>();
  private readonly _toRemove = new Set<string>();
  private _run: KernelRun | null = null;
  private _link: IKernelLink | null = null;
  private _linkError: IErrorBody | null = null;
  /** The beginning of the kernel that a way into is looked for. */
  private _connecting: { run: KernelRun; at: number } | null = null;
  private _isDisposed = false;
}

function fault(message: string, hint: string | null): IErrorBody {
  return { code: 'kernel', message, hint, rucio: null };
}

function toVariable(
  attachment: IAttachment,
  resolved: IResolved,
  trans: TranslationBundle
): IVariable {
  const isAvailable = isThere(resolved.state);
  return {
    // Rucio knows better than a notebook of long ago what kind of DID it is.
    type: resolved.type === 'file' ? 'file' : 'collection',
    variableName: attachment.variableName,
    did: attachment.did,
    didAvailable: isAvailable,
    files: isAvailable && !resolved.manifest ? (resolved.items ?? []) : null,
    ...(isAvailable && resolved.manifest
      ? { manifest: resolved.manifest }
      : {}),
    ...(isAvailable
      ? {}
      : { message: resolved.message ?? whyNot(resolved.state, trans) })
  };
}

function whyNot(state: IResolved['state'], trans: TranslationBundle): string {
  switch (state) {
    case 'partial':
      return trans.__('some of its files are not there');
    case 'replicating':
      return trans.__('its files are on their way');
    case 'stuck':
      return trans.__('its transfer is stuck');
    default:
      return trans.__('its files are not at the destination');
  }
}
