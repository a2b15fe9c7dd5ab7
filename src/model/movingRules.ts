import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { type ApiError, asApiError, ErrorCode } from '../api/errors';
import type { IRule } from '../api/types';
import type { IInstancesModel, IRucioApi } from '../tokens';

/** While something changes it is asked again so soon, and else less and less often. */
const SOONEST_MS = 10_000;
const LATEST_MS = 60_000;

/** Several rules begin or end together: they are asked for together. */
const GATHER_MS = 1_000;

/** So long after anybody has looked, what was known is no longer claimed. */
const FADES_MS = 120_000;

/** Of so many that are gone from a list it is asked what became of them; a row for each of more is no news. */
const MOST_ENDS = 10;

/** A rule of the account's that moves, waits or is stuck, or that was seen to and is complete now. */
export interface IMovingRule {
  readonly key: string;
  readonly instance: string;
  readonly rule: IRule;
  /** Milliseconds, by our clock: when it was seen that it is complete. */
  readonly endedAt: number | null;
}

/** Names a rule of an instance; an id, which is random, names it at whichever instance. */
export function ruleKey(instance: string, id: string): string {
  return `${instance}\n${id}`;
}

export function ruleIdOf(key: string): string {
  return key.slice(key.lastIndexOf('\n') + 1);
}

/**
 * The rules of the signed-in accounts that are not at rest, whoever made them and wherever they lead.
 *
 * Rucio tells of them when it is asked: they are asked for while somebody looks, and at no other time.
 */
export class MovingRulesModel implements IDisposable {
  constructor(options: {
    api: Pick<IRucioApi, 'movingRules' | 'rule'>;
    instances: IInstancesModel;
  }) {
    this._api = options.api;
    this._instances = options.instances;
    this._names = this._signedIn.join('\n');
    this._instances.changed.connect(this._onInstances, this);
    this._instances.signedIn.connect(this._onSigned, this);
    this._instances.signedOut.connect(this._onSigned, this);
  }

  readonly changed: Signal<MovingRulesModel, void> = new Signal(this);

  /**
   * In the order of the instances. Several of these may be of one Rucio: what more than one tells of
   * is there once.
   */
  get all(): readonly IMovingRule[] {
    const byId = new Map<string, IMovingRule>();
    for (const { name } of this._instances.items) {
      for (const one of this._of(name)) {
        if (!byId.has(one.rule.id)) {
          byId.set(one.rule.id, one);
        }
      }
    }
    return [...byId.values()];
  }

  /** Whether the first answer since somebody looks is on its way. */
  get isLoading(): boolean {
    return this._asking !== null && !this._isKnown;
  }

  /** Why the rules of an instance are not known as they are now; null where all are. */
  get error(): ApiError | null {
    return this._errors.values().next().value ?? null;
  }

  /** Whether there are more than are listed, which are the newest. */
  get isTruncated(): boolean {
    return this._truncated.size > 0;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._stop();
    window.clearTimeout(this._fading);
    this._instances.changed.disconnect(this._onInstances, this);
    this._instances.signedIn.disconnect(this._onSigned, this);
    this._instances.signedOut.disconnect(this._onSigned, this);
    Signal.clearData(this);
  }

  get(key: string): IMovingRule | undefined {
    return this._rules.get(key);
  }

  /** Somebody looks, or nobody does any more. */
  setSeen(isSeen: boolean): void {
    this._isSeen = isSeen;
    window.clearTimeout(this._fading);
    if (isSeen) {
      this._pauseMs = SOONEST_MS;
      void this.look();
    } else {
      this._stop();
      this._fading = window.setTimeout(() => this._fade(), FADES_MS);
    }
  }

  /** Asks, where somebody looks. Never rejects. */
  async look(): Promise<void> {
    if (!this._isSeen || document.visibilityState === 'hidden') {
      return;
    }
    if (this._asking !== null) {
      this._isOvertaken = true;
      return;
    }
    window.clearTimeout(this._timer);
    this._isOvertaken = false;
    const { signal } = (this._asking = new AbortController());
    this._emit();
    const changes = await Promise.all(
      this._signedIn.map(name => this._fetch(name, signal))
    );
    if (signal.aborted) {
      return;
    }
    this._asking = null;
    this._isKnown = true;
    this._pauseMs = changes.includes(true)
      ? SOONEST_MS
      : Math.min(LATEST_MS, this._pauseMs * 2);
    this._askIn(this._isOvertaken ? GATHER_MS : this._pauseMs);
    this._emit();
  }

  /** As `look`, together with what else begins or ends at this time. */
  lookSoon(): void {
    if (this._asking !== null) {
      this._isOvertaken = true;
    } else if (this._isSeen) {
      this._askIn(GATHER_MS);
    }
  }

  /** Takes rules from the list, by their ids; where they move, the next answer has them again. */
  forget(ids: ReadonlySet<string>): void {
    this._drop(({ rule }) => ids.has(rule.id));
  }

  private _drop(isMeant: (one: IMovingRule) => boolean): void {
    for (const one of [...this._rules.values()].filter(isMeant)) {
      this._rules.delete(one.key);
    }
    this._emit();
  }

  private _of(instance: string): IMovingRule[] {
    return [...this._rules.values()].filter(one => one.instance === instance);
  }

  private get _signedIn(): string[] {
    return this._instances.items
      .filter(({ authenticated }) => authenticated)
      .map(({ name }) => name);
  }

  private _askIn(delayMs: number): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => void this.look(), delayMs);
  }

  private _stop(): void {
    window.clearTimeout(this._timer);
    this._asking?.abort();
    this._asking = null;
  }

  /** Resolves with whether anything is other than it was. */
  private async _fetch(name: string, signal: AbortSignal): Promise<boolean> {
    try {
      const answer = await this._api.movingRules(name, signal);
      const news = signal.aborted ? null : await this._compare(name, answer);
      if (news === null || signal.aborted) {
        return false;
      }
      this._errors.delete(name);
      this._truncated.delete(name);
      if (answer.truncated) {
        this._truncated.add(name);
      }
      news.gone.forEach(key => this._rules.delete(key));
      news.told.forEach(one => this._rules.set(one.key, one));
      // One that is slow does not hold up the others.
      this._emit();
      this._instances.report(name, null);
      return news.isChanged;
    } catch (reason) {
      if (!signal.aborted) {
        const error = asApiError(reason);
        // That somebody has to sign in is said where this is done.
        if (error.code !== ErrorCode.notAuthenticated) {
          this._errors.set(name, error);
        }
        this._instances.report(name, error);
      }
      return false;
    }
  }

  /** What an answer says of an instance's rules, with what became of those that it has no more. */
  private async _compare(
    instance: string,
    { items }: { items: readonly IRule[] }
  ) {
    const told = items.map(rule => ({
      key: ruleKey(instance, rule.id),
      instance,
      rule,
      endedAt: null
    }));
    const keys = new Set(told.map(({ key }) => key));
    const gone = this._of(instance).filter(
      ({ key, endedAt }) => endedAt === null && !keys.has(key)
    );
    const now = await Promise.all(
      gone.slice(0, MOST_ENDS).map(one => this._follow(one))
    );
    return {
      gone: gone.map(({ key }) => key),
      told: [...told, ...now.filter(one => one !== null)],
      isChanged:
        gone.length > 0 ||
        told.some(
          ({ key, rule }) =>
            JSON.stringify(this._rules.get(key)?.rule) !== JSON.stringify(rule)
        )
    };
  }

  /** What became of a rule that is not listed any more; null where it is gone, or nobody can tell. */
  private async _follow(one: IMovingRule): Promise<IMovingRule | null> {
    try {
      const rule = await this._api.rule(one.instance, one.rule.id, true);
      const endedAt = rule.state === 'OK' ? Date.now() : null;
      return { ...one, rule, endedAt };
    } catch {
      return null;
    }
  }

  /** Nobody has looked for long: who knows what moves still. */
  private _fade(): void {
    this._isKnown = false;
    this._errors.clear();
    this._truncated.clear();
    this._drop(({ endedAt }) => endedAt === null);
  }

  private _onInstances(): void {
    const signedIn = this._signedIn;
    const names = signedIn.join('\n');
    if (names !== this._names) {
      this._names = names;
      const known = [...this._rules.values()].map(({ instance }) => instance);
      this._restart(
        [...known, ...this._errors.keys(), ...this._truncated].filter(
          name => !signedIn.includes(name)
        )
      );
    }
  }

  /** Who signs in may be another one than before. */
  private _onSigned(_: IInstancesModel, name: string): void {
    this._restart([name]);
  }

  /** Drops what is known of instances, and asks anew. */
  private _restart(dropped: readonly string[]): void {
    for (const name of dropped) {
      this._errors.delete(name);
      this._truncated.delete(name);
    }
    this._stop();
    this._isKnown = false;
    this._drop(({ instance }) => dropped.includes(instance));
    void this.look();
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this.changed.emit();
    }
  }

  private readonly _api: Pick<IRucioApi, 'movingRules' | 'rule'>;
  private readonly _instances: IInstancesModel;
  private readonly _rules = new Map<string, IMovingRule>();
  private readonly _errors = new Map<string, ApiError>();
  private readonly _truncated = new Set<string>();
  /** Those that were signed in to when it was last looked. */
  private _names: string;
  private _asking: AbortController | null = null;
  private _isSeen = false;
  private _isKnown = false;
  private _isOvertaken = false;
  private _isDisposed = false;
  private _pauseMs = SOONEST_MS;
  private _timer = 0;
  private _fading = 0;
}
