import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import type { IInstancesModel, IRucioApi } from '../tokens';
import { onNextFrame, pump, type FrameScheduler } from './frames';

/** Scopes that fit what was typed. */
export interface IScopeMatches {
  /** The best first. */
  readonly scopes: readonly string[];
  /** How many more there are. */
  readonly more: number;
}

const NO_MATCHES: IScopeMatches = { scopes: [], more: 0 };

/**
 * The scopes of each instance, fetched once and kept until the user signs out.
 *
 * They only help with typing: a list that fails is no news to the user, and is asked for again the
 * next time.
 */
export class ScopesModel implements IDisposable {
  constructor(options: ScopesModel.IOptions) {
    this._api = options.api;
    this._instances = options.instances;
    this._frames = options.frames ?? onNextFrame;
    this._instances.signedOut.connect(this._onSignedOut, this);
    this._instances.activeChanged.connect(this._onActiveChanged, this);
  }

  /** More scopes of some instance are known, or fewer. */
  readonly changed: Signal<ScopesModel, void> = new Signal(this);

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._lists.forEach(list => list.abort.abort());
    this._lists.clear();
    Signal.clearData(this);
  }

  /**
   * Fetches the scopes of the active instance, unless they are here or on their way; as soon as there
   * is one, where somebody types before the instances are known.
   */
  load(): void {
    const active = this._instances.active;
    this._isAwaited = active === null;
    if (active === null || this._lists.has(active.name)) {
      return;
    }
    const list: IList = {
      scopes: [],
      lowered: [],
      abort: new AbortController()
    };
    this._lists.set(active.name, list);
    void this._fetch(active.name, list);
  }

  /**
   * The scopes of the active instance that contain a text, whatever the case of its letters: the
   * user's own first, then those that begin so, then the others; within each as Rucio lists them.
   */
  matches(text: string, most: number): IScopeMatches {
    const active = this._instances.active;
    const list = active && this._lists.get(active.name);
    if (!list) {
      return NO_MATCHES;
    }
    const wanted = text.trim().toLowerCase();
    const own: string[] = [];
    const first: string[] = [];
    const others: string[] = [];
    let count = 0;
    list.lowered.forEach((lowered, i) => {
      const at = lowered.indexOf(wanted);
      if (at < 0) {
        return;
      }
      count++;
      const scope = list.scopes[i];
      if (active.account && isOwnScope(scope, active.account)) {
        own.push(scope);
      } else if (at === 0) {
        first.push(scope);
      } else {
        others.push(scope);
      }
    });
    const scopes = [...own, ...first, ...others].slice(0, most);
    return { scopes, more: count - scopes.length };
  }

  private async _fetch(instance: string, list: IList): Promise<void> {
    const { signal } = list.abort;
    try {
      await pump(this._api.scopes(instance, signal), {
        apply: items => {
          for (const { scope } of items) {
            list.scopes.push(scope);
            list.lowered.push(scope.toLowerCase());
          }
          this.changed.emit();
        },
        signal,
        frames: this._frames
      });
    } catch {
      // Typing goes on without; whatever is wrong shows in the search itself.
      if (this._lists.get(instance) === list) {
        this._lists.delete(instance);
      }
    }
  }

  private _onActiveChanged(): void {
    if (this._isAwaited) {
      this.load();
    }
  }

  private _onSignedOut(_: unknown, name: string): void {
    this._lists.get(name)?.abort.abort();
    if (this._lists.delete(name)) {
      this.changed.emit();
    }
  }

  private readonly _api: Pick<IRucioApi, 'scopes'>;
  private readonly _instances: ScopesModel.IInstances;
  private readonly _frames: FrameScheduler;
  private readonly _lists = new Map<string, IList>();
  private _isAwaited = false;
  private _isDisposed = false;
}

/** Whether a scope is of an account's own, as Rucio installations call it: `user.alice`. */
export function isOwnScope(scope: string, account: string): boolean {
  return scope === account || scope.endsWith(`.${account}`);
}

export namespace ScopesModel {
  /** Which instance is meant, and who leaves. */
  export type IInstances = Pick<
    IInstancesModel,
    'active' | 'activeChanged' | 'signedOut'
  >;

  export interface IOptions {
    api: Pick<IRucioApi, 'scopes'>;
    instances: IInstances;
    frames?: FrameScheduler;
  }
}

interface IList {
  readonly scopes: string[];
  /** The same without capitals, for comparing. */
  readonly lowered: string[];
  readonly abort: AbortController;
}
