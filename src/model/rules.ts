import { Signal } from '@lumino/signaling';

import { type ApiError, asApiError, isAbort } from '../api/errors';
import type { IRule, IRuleChange, IRuleFile } from '../api/types';
import type { IAvailabilityModel, IRucioApi } from '../tokens';

/** So many stuck files are shown; they rarely have more than a few reasons. */
export const STUCK_FILES = 20;

/** The stuck files of a rule, as far as they have been asked for. */
export interface IRuleFiles {
  readonly state: 'loading' | 'ready' | 'failed';
  readonly items: readonly IRuleFile[];
  /** Whether there are more than these. */
  readonly isCut: boolean;
  readonly error: ApiError | null;
}

/** What is done with rules from here, and how it went. */
export class RulesModel {
  constructor(options: RulesModel.IOptions) {
    this._api = options.api;
    this._availability = options.availability;
  }

  /** Anything about any rule changed. */
  readonly changed: Signal<RulesModel, void> = new Signal(this);

  get isDisposed(): boolean {
    return this._abort.signal.aborted;
  }

  dispose(): void {
    this._abort.abort();
    Signal.clearData(this);
  }

  isBusy(id: string): boolean {
    return this._busy.has(id);
  }

  /** Why the last thing that was asked of a rule was refused, or null. */
  error(id: string): ApiError | null {
    return this._errors.get(id) ?? null;
  }

  files(id: string): IRuleFiles | null {
    return this._files.get(id) ?? null;
  }

  /** Has Rucio try again what is stuck. See `change`. */
  retry(instance: string, id: string): Promise<IRule | null> {
    return this.change(instance, id, { retry: true });
  }

  /** Has the rule end so many days from now; null for never. See `change`. */
  extend(
    instance: string,
    id: string,
    lifetimeDays: number | null
  ): Promise<IRule | null> {
    return this.change(instance, id, { lifetime_days: lifetimeDays });
  }

  /** Ends the rule: Rucio may remove the data then. See `change`. */
  end(instance: string, id: string): Promise<IRule | null> {
    return this._do(instance, id, () => this._api.endRule(instance, id));
  }

  /**
   * Changes a rule.
   *
   * @returns the rule as it is then; null where it was refused, which `error` tells. Never rejects.
   */
  change(
    instance: string,
    id: string,
    change: IRuleChange
  ): Promise<IRule | null> {
    return this._do(instance, id, () =>
      this._api.changeRule(instance, id, change)
    );
  }

  /** Asks which files are stuck and why; the first of them. Never rejects. */
  async loadFiles(instance: string, id: string): Promise<void> {
    const items: IRuleFile[] = [];
    const tell = (
      state: IRuleFiles['state'],
      isCut = false,
      error: ApiError | null = null
    ) => {
      this._files.set(id, { state, items: [...items], isCut, error });
      this.changed.emit();
    };
    tell('loading');
    try {
      const stream = this._api.ruleFiles(
        instance,
        id,
        { state: 'stuck', limit: STUCK_FILES },
        this._abort.signal
      );
      let next = await stream.next();
      for (; !next.done; next = await stream.next()) {
        items.push(...next.value);
        tell('loading');
      }
      tell('ready', next.value.truncated);
    } catch (reason) {
      if (!isAbort(reason)) {
        tell('failed', false, asApiError(reason));
      }
    }
  }

  private async _do(
    instance: string,
    id: string,
    work: () => Promise<IRule>
  ): Promise<IRule | null> {
    this._busy.add(id);
    this._errors.delete(id);
    this.changed.emit();
    try {
      const rule = await work();
      this._availability.plans.forget(instance);
      this._availability.refresh(instance);
      return rule;
    } catch (reason) {
      this._errors.set(id, asApiError(reason));
      return null;
    } finally {
      this._busy.delete(id);
      if (!this.isDisposed) {
        this.changed.emit();
      }
    }
  }

  private readonly _api: RulesModel.IOptions['api'];
  private readonly _availability: RulesModel.IOptions['availability'];
  private readonly _abort = new AbortController();
  private readonly _busy = new Set<string>();
  private readonly _errors = new Map<string, ApiError>();
  private readonly _files = new Map<string, IRuleFiles>();
}

export namespace RulesModel {
  export interface IOptions {
    api: Pick<IRucioApi, 'changeRule' | 'endRule' | 'ruleFiles'>;
    /** Told that what it knows may have changed. */
    availability: Pick<IAvailabilityModel, 'refresh' | 'plans'>;
  }
}
