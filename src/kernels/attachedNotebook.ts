import type { ISessionContext } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import {
  attachmentKey,
  type IAttachment,
  type NotebookAttachments
} from '../model/attachments';
import type {
  Connection,
  IAvailabilityModel,
  IDidKey,
  IInstancesModel
} from '../tokens';
import { AnyLanguage } from './anyLanguage';
import { Injector } from './injector';
import type { IKernelLanguage, IKernelLanguages } from './kernel';
import { hasTurned, instanceOf, ResolveCode, type Resolver } from './resolver';
import type { KernelState } from './states';

/** The language that is assumed while a notebook has no kernel. */
const USUAL_LANGUAGE = 'python';

/**
 * An open notebook, what is attached to it, and how far that is in its kernel.
 *
 * Sends variables again when something outside the notebook makes that worthwhile: a DID becomes
 * available, an instance is signed in to, an instance answers again.
 */
export class AttachedNotebook implements IDisposable {
  constructor(options: AttachedNotebook.IOptions) {
    const { attachments, sessionContext, instances, availability } = options;
    this._options = options;
    this.attachments = attachments;
    const anyLanguage = new AnyLanguage(variable =>
      options.resolver.inFile(variable, sessionContext.path)
    );
    this.injector = new Injector({
      attachments,
      trans: options.trans,
      names: () => this.language?.names,
      resolve: wanted => options.resolver.resolve(wanted, sessionContext.path),
      instanceOf: attachment => this.instanceOf(attachment),
      fetchPage: (variable, offset) => options.resolver.page(variable, offset),
      languageOf: async kernel => {
        const { name } = (await kernel.info).language_info;
        return { name, language: options.languages.get(name) ?? anyLanguage };
      }
    });
    attachments.changed.connect(this._onAttachmentsChanged, this);
    this.injector.stateChanged.connect(this._emit, this);
    sessionContext.kernelChanged.connect(this._onKernelChanged, this);
    sessionContext.statusChanged.connect(this._emit, this);
    sessionContext.propertyChanged.connect(this._emit, this);
    instances.signedIn.connect(this._onSignedIn, this);
    instances.activeChanged.connect(this._onActiveChanged, this);
    instances.changed.connect(this._onInstancesChanged, this);
    availability.changed.connect(this._onAvailabilityChanged, this);
    this._activeName = instances.active?.name ?? null;
    this._watch();
    const kernel = sessionContext.session?.kernel ?? null;
    this.injector.setKernel(kernel);
    void this._learnLanguage(kernel);
  }

  readonly attachments: NotebookAttachments;
  readonly injector: Injector;

  /** Anything that is shown of it changed. */
  readonly changed: ISignal<this, void> = new Signal<this, void>(this);

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  get sessionContext(): ISessionContext {
    return this._options.sessionContext;
  }

  get path(): string {
    return this._options.sessionContext.path;
  }

  /** The file's name. */
  get title(): string {
    return PathExt.basename(this.path);
  }

  get kernelName(): string {
    return this._options.sessionContext.kernelDisplayName;
  }

  /** The language of its kernel, as far as it is one of ours. */
  get language(): IKernelLanguage | undefined {
    return this._options.languages.get(this._kernelLanguage ?? USUAL_LANGUAGE);
  }

  /** The instance that an attachment means, or null while there is none. */
  instanceOf(attachment: IAttachment): string | null {
    return instanceOf(attachment, this._options.instances);
  }

  /** Code that reads an attachment, or null where there is none to propose. */
  snippet(attachment: IAttachment): string | null {
    const resolved = this.injector.resolved(attachment);
    return (
      this.language?.snippet({
        ...attachment,
        example: resolved?.items?.[0]?.did
      }) ?? null
    );
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    const { sessionContext, instances, availability } = this._options;
    sessionContext.kernelChanged.disconnect(this._onKernelChanged, this);
    sessionContext.statusChanged.disconnect(this._emit, this);
    sessionContext.propertyChanged.disconnect(this._emit, this);
    instances.signedIn.disconnect(this._onSignedIn, this);
    instances.activeChanged.disconnect(this._onActiveChanged, this);
    instances.changed.disconnect(this._onInstancesChanged, this);
    availability.changed.disconnect(this._onAvailabilityChanged, this);
    this._watching.forEach(watch => watch.dispose());
    this.injector.dispose();
    this.attachments.dispose();
    Signal.clearData(this);
  }

  private _onAttachmentsChanged(): void {
    this._watch();
    this._emit();
  }

  private _onKernelChanged(): void {
    this._kernelLanguage = null;
    const kernel = this._options.sessionContext.session?.kernel ?? null;
    this.injector.setKernel(kernel);
    void this._learnLanguage(kernel);
    this._emit();
  }

  /** A name is proposed and checked before anything is attached, and so before the kernel is asked. */
  private async _learnLanguage(
    kernel: Kernel.IKernelConnection | null
  ): Promise<void> {
    let name: string | null = null;
    try {
      name = (await kernel?.info)?.language_info.name ?? null;
    } catch {
      // It went before it had said anything; the next one is asked.
    }
    if (kernel === (this._options.sessionContext.session?.kernel ?? null)) {
      this._kernelLanguage = name;
      this._emit();
    }
  }

  private _onSignedIn(_: unknown, name: string): void {
    this.injector.injectAgain(
      (attachment, state) =>
        this.instanceOf(attachment) === name && !isSettled(state)
    );
  }

  private _onActiveChanged(): void {
    this._watch();
    // The first one has been waited for, and is what is asked already.
    const isFirst = this._activeName === null;
    this._activeName = this._options.instances.active?.name ?? null;
    this.injector.injectAgain(
      ({ instance }, { kind }) =>
        instance === null && !(isFirst && kind === 'resolving')
    );
  }

  private _onInstancesChanged(): void {
    const { instances } = this._options;
    const recovered = new Set<string>();
    for (const { name } of instances.items) {
      const connection = instances.connection(name);
      const before = this._connections.get(name);
      if (connection === 'connected' && before && before !== connection) {
        recovered.add(name);
      }
      this._connections.set(name, connection);
    }
    const isHere = instances.phase === 'ready' && instances.error === null;
    this.injector.injectAgain((attachment, state) => {
      if (state.kind !== 'failed') {
        return false;
      }
      const name = this.instanceOf(attachment);
      return name !== null && OF_INSTANCES.has(state.error.code)
        ? isHere && instances.get(name) !== undefined
        : recovered.has(name ?? '');
    });
    this._watch();
    this._emit();
  }

  private _onAvailabilityChanged(
    model: IAvailabilityModel,
    keys: readonly IDidKey[]
  ): void {
    const changed = new Set(keys.map(key => didKey(key)));
    const turned = new Set<string>();
    for (const attachment of this.attachments.attachments) {
      const { did } = attachment;
      const instance = this.instanceOf(attachment);
      if (instance === null || !changed.has(didKey({ instance, did }))) {
        continue;
      }
      const now = model.get(instance, did);
      const key = attachmentKey(attachment);
      const seen = now && `${now.state} ${now.files_available}`;
      if (seen === undefined || seen === this._seen.get(key)) {
        continue;
      }
      this._seen.set(key, seen);
      const resolved = this.injector.resolved(attachment);
      // Only a turn is a reason to ask: what two routes say at one time may differ for a moment.
      if (resolved && hasTurned(resolved, now!)) {
        turned.add(key);
      }
    }
    if (turned.size > 0) {
      this.injector.injectAgain(attachment =>
        turned.has(attachmentKey(attachment))
      );
    }
    if (changed.size > 0) {
      this._emit();
    }
  }

  private _watch(): void {
    const dids = new Map<string, Set<string>>();
    const { instances, availability } = this._options;
    for (const attachment of this.attachments.attachments) {
      const instance = this.instanceOf(attachment);
      if (instance !== null && instances.get(instance)) {
        const known = dids.get(instance) ?? new Set();
        dids.set(instance, known.add(attachment.did));
      }
    }
    const wanted = JSON.stringify([...dids].map(([i, d]) => [i, [...d]]));
    if (wanted === this._watched) {
      return;
    }
    this._watched = wanted;
    const before = this._watching;
    this._watching = [...dids].map(([instance, names]) =>
      availability.watch(instance, [...names])
    );
    before.forEach(watch => watch.dispose());
  }

  private _emit(): void {
    if (!this._isDisposed) {
      (this.changed as Signal<this, void>).emit();
    }
  }

  private readonly _options: AttachedNotebook.IOptions;
  private _kernelLanguage: string | null = null;
  private _activeName: string | null = null;
  private _watching: IDisposable[] = [];
  private _watched = '';
  private readonly _connections = new Map<string, Connection>();
  /** State and number of files that were last heard of each attachment. */
  private readonly _seen = new Map<string, string>();
  private _isDisposed = false;
}

export namespace AttachedNotebook {
  export interface IOptions {
    readonly sessionContext: ISessionContext;
    /** Disposed with the notebook. */
    readonly attachments: NotebookAttachments;
    readonly resolver: Resolver;
    readonly languages: IKernelLanguages;
    readonly instances: IInstancesModel;
    readonly availability: IAvailabilityModel;
    readonly trans?: TranslationBundle;
  }
}

/** Failures that end when the instances are there. */
const OF_INSTANCES: ReadonlySet<string> = new Set(Object.values(ResolveCode));

function didKey({ instance, did }: IDidKey): string {
  return JSON.stringify([instance, did]);
}

function isSettled(state: KernelState): boolean {
  return state.kind === 'ready' || state.kind === 'resolving';
}
