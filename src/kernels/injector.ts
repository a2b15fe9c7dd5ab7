import type { Kernel } from '@jupyterlab/services';
import {
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import type { IResolved } from '../api/types';
import {
  attachmentKey,
  type IAttachment,
  type NotebookAttachments
} from '../model/attachments';
import type { INameRules } from '../model/variableName';
import {
  fail,
  hasArrived,
  type IJourney,
  isSame,
  isSent,
  type IStep,
  ON_THEIR_WAY,
  unsend
} from './journey';
import type { FetchPage, IKernelLink, IVariable } from './kernel';
import { KernelDoor, type LanguageOf } from './kernelDoor';
import type { Resolution } from './resolver';
import type { KernelState } from './states';
import { toVariable } from './variable';
import { acknowledged, displacedFault, nameFault } from './verdicts';

/** What an injector works with. */
export interface IInjectorOptions {
  readonly attachments: NotebookAttachments;
  /** Asks the server; answers in the order asked and never rejects. */
  readonly resolve: (
    attachments: readonly IAttachment[]
  ) => Promise<Resolution[]>;
  /** The instance that an attachment means. */
  readonly instanceOf?: (attachment: IAttachment) => string | null;
  /** For kernels that do not see the server's disk. */
  readonly fetchPage?: FetchPage;
  readonly languageOf: LanguageOf;
  /** The rules for names in the notebook's language, as far as that is known. */
  readonly names: () => INameRules | undefined;
  readonly trans?: TranslationBundle;
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
    this._door = new KernelDoor(options.languageOf, this._trans);
    this._door.ended.connect(this._onEnded, this);
    this._door.began.connect(this._onBegan, this);
    this._door.busyChanged.connect(this._onBusyChanged, this);
    this._door.tried.connect(this._onTried, this);
    options.attachments.changed.connect(this._follow, this);
    this._follow();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Some attachment's state changed. */
  readonly stateChanged: ISignal<this, void> = new Signal<this, void>(this);

  /** The kernel has these variables now, of this notebook. */
  readonly injected: ISignal<this, readonly IAttachment[]> = new Signal<
    this,
    readonly IAttachment[]
  >(this);

  /** These variables were taken out of the kernel. */
  readonly removed: ISignal<this, readonly string[]> = new Signal<
    this,
    readonly string[]
  >(this);

  /** The user asked in the kernel for all variables to be sent again. */
  get injectRequested(): ISignal<unknown, void> {
    return this._door.injectRequested;
  }

  get kernel(): Kernel.IKernelConnection | null {
    return this._door.kernel;
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
    this._door.setKernel(kernel);
  }

  /** Asks the server again and sends the variables again; all of them or those that are chosen. */
  injectAgain(
    isChosen: (attachment: IAttachment, state: KernelState) => boolean = () =>
      true
  ): void {
    this._door.forgive();
    this._resolve(
      [...this._journeys.values()].filter(({ attachment, state }) =>
        isChosen(attachment, state)
      )
    );
  }

  /** Another notebook on the kernel has given the name of a variable of this one to another DID. */
  displace({ variableName, did }: IAttachment, title: string): void {
    for (const journey of this._journeys.values()) {
      const { attachment } = journey;
      if (
        hasArrived(journey) &&
        attachment.variableName === variableName &&
        attachment.did !== did
      ) {
        fail(journey, displacedFault(title, did, this._trans));
      }
    }
    this._changed();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._options.attachments.changed.disconnect(this._follow, this);
    this._door.dispose();
    this._journeys.clear();
    Signal.clearData(this);
  }

  /** Takes over what the metadata says now. */
  private _follow(): void {
    const { attachments } = this._options.attachments;
    const wanted = new Map(attachments.map(one => [attachmentKey(one), one]));
    for (const [key, { attachment }] of this._journeys) {
      if (!wanted.has(key)) {
        this._journeys.delete(key);
        this._toRemove.add(attachment.variableName);
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
          turn: 0,
          sentIn: -1
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
    for (const journey of this._journeys.values()) {
      if (journey.state.kind !== 'resolving') {
        journey.turn++;
        journey.state = this._waiting();
      }
    }
    this._changed();
  }

  private _onBegan(): void {
    if (this._journeys.size > 0) {
      this._door.open();
    }
    // What was known before a restart may be hours old. Where it was sent already, so that cells have
    // it, it is asked whether it still holds.
    this._door.forgive();
    const journeys = [...this._journeys.values()];
    this._resolve(
      journeys.filter(
        journey => journey.state.kind !== 'resolving' && !isSent(journey)
      )
    );
    void this._verify(journeys.filter(isSent));
  }

  private _onBusyChanged(): void {
    for (const journey of this._journeys.values()) {
      if (ON_THEIR_WAY.has(journey.state.kind)) {
        journey.state = this._onItsWay();
      }
    }
    this._changed();
  }

  private _onTried(): void {
    void this._remove();
    void this._send([...this._journeys.values()]);
  }

  private _resolve(journeys: readonly IJourney[]): void {
    const asked = journeys.flatMap(journey => {
      const turn = ++journey.turn;
      const { variableName } = journey.attachment;
      const fault = nameFault(variableName, this._options.names(), this._trans);
      if (fault) {
        fail(journey, fault);
        return [];
      }
      journey.resolved = null;
      journey.state = { kind: 'resolving' };
      return [{ journey, turn }];
    });
    this._changed();
    if (asked.length > 0) {
      this._door.open();
      void this._ask(asked);
    }
  }

  private async _ask(asked: readonly IStep[]): Promise<void> {
    const resolutions = await this._options.resolve(
      asked.map(({ journey }) => journey.attachment)
    );
    const current = asked.flatMap((step, index) =>
      this._isCurrent(step)
        ? [{ journey: step.journey, resolution: resolutions[index] }]
        : []
    );
    for (const { journey, resolution } of current) {
      if ('error' in resolution) {
        fail(journey, resolution.error);
      } else {
        journey.resolved = resolution.resolved;
        journey.state = this._waiting();
      }
    }
    this._changed();
    await this._send(current.map(({ journey }) => journey));
  }

  /** Sends what is other by now than what was sent; where the server does not answer, the last word stays. */
  private async _verify(journeys: readonly IJourney[]): Promise<void> {
    if (journeys.length === 0) {
      return;
    }
    const asked = journeys.map(journey => ({ journey, turn: journey.turn }));
    const resolutions = await this._options.resolve(
      journeys.map(({ attachment }) => attachment)
    );
    const changed = asked.flatMap((step, index) => {
      const { journey } = step;
      const resolution = resolutions[index];
      if (
        !this._isCurrent(step) ||
        'error' in resolution ||
        (isSame(resolution.resolved, journey.resolved) &&
          journey.state.kind !== 'failed')
      ) {
        return [];
      }
      journey.turn++;
      journey.resolved = resolution.resolved;
      journey.state = this._waiting();
      return [journey];
    });
    await this._send(changed);
  }

  /** Sends those of the journeys that are resolved, if there is a way into the kernel. */
  private async _send(journeys: readonly IJourney[]): Promise<void> {
    const ready = journeys.filter(
      ({ resolved, state, turn, sentIn }) =>
        resolved !== null && ON_THEIR_WAY.has(state.kind) && sentIn !== turn
    );
    const { link, error } = this._door;
    if (link && ready.length > 0 && link !== this._asked) {
      const sent = ready.map(journey => {
        journey.state = this._onItsWay();
        journey.sentIn = ++journey.turn;
        return { journey, turn: journey.turn };
      });
      this._changed();
      // A kernel that is busy for an hour gets one message, and then what has changed since.
      this._asked = link;
      await this._deliver(link, sent);
      this._asked = this._asked === link ? null : this._asked;
      void this._send([...this._journeys.values()]);
    } else if (error) {
      ready.forEach(journey => fail(journey, error));
    }
    this._changed();
  }

  private async _deliver(
    link: IKernelLink,
    sent: readonly IStep[]
  ): Promise<void> {
    // What the answer is about, whatever the server says in the meantime.
    const { instanceOf, fetchPage } = this._options;
    const variables = sent.map(({ journey: { attachment, resolved } }) => {
      const instance = instanceOf?.(attachment) ?? attachment.instance;
      return toVariable(attachment, resolved!, instance, this._trans);
    });
    let outcome: (variable: IVariable) => KernelState;
    try {
      const answer = await link.inject(variables, fetchPage);
      outcome = variable => acknowledged(variable, answer, this._trans);
    } catch (reason) {
      const error = this._door.faultOf(reason);
      this._door.fail(link, error);
      const isToBeTried = this._door.error === null;
      outcome = () =>
        isToBeTried ? this._waiting() : { kind: 'failed', error };
      sent.filter(step => isToBeTried && this._isCurrent(step)).forEach(unsend);
    }
    sent.forEach((step, index) => {
      if (this._isCurrent(step)) {
        step.journey.state = outcome(variables[index]);
      }
    });
    const inKernel = sent.map(({ journey }) => journey).filter(hasArrived);
    (this.injected as Signal<this, readonly IAttachment[]>).emit(
      inKernel.map(({ attachment }) => attachment)
    );
  }

  private async _remove(): Promise<void> {
    const { link } = this._door;
    if (!link || this._toRemove.size === 0) {
      return;
    }
    const names = [...this._toRemove];
    this._toRemove.clear();
    try {
      await link.remove(names);
      (this.removed as Signal<this, readonly string[]>).emit(names);
    } catch {
      // The kernel ended, and the variables with it; or it refuses, and a variable stays that
      // nothing in the notebook speaks of any more.
    }
  }

  private _isCurrent({ journey, turn }: IStep): boolean {
    return (
      !this._isDisposed &&
      journey.turn === turn &&
      this._journeys.get(attachmentKey(journey.attachment)) === journey
    );
  }

  private _waiting(): KernelState {
    return { kind: 'waiting', reason: this._door.waitReason };
  }

  private _onItsWay(): KernelState {
    return this._door.link && !this._door.isBusy
      ? { kind: 'sending' }
      : this._waiting();
  }

  private _changed(): void {
    if (!this._isDisposed) {
      (this.stateChanged as Signal<this, void>).emit();
    }
  }

  private readonly _options: IInjectorOptions;
  private readonly _trans: TranslationBundle;
  private readonly _door: KernelDoor;
  private readonly _journeys = new Map<string, IJourney>();
  private readonly _toRemove = new Set<string>();
  /** What has been asked and has not answered. */
  private _asked: IKernelLink | null = null;
  private _isDisposed = false;
}
