import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import type { IUsage } from '../api/types';
import type { IInstancesModel, IJobsModel, IRucioApi } from '../tokens';
import { Section } from './section';

/** Rucio counts what was written a moment later. */
const AFTER_JOB_MS = 3_000;

/** What the account has at each RSE of the active instance, and what is left. */
export class StorageModel implements IDisposable {
  constructor(options: {
    api: Pick<IRucioApi, 'usage'>;
    instances: IInstancesModel;
    jobs: IJobsModel;
  }) {
    const { api, instances, jobs } = options;
    this._instances = instances;
    this._jobs = jobs;
    this._usage = new Section<IUsage[]>({
      fetch: () => api.usage(this._instance ?? ''),
      onOutcome: error => {
        if (this._instance !== null) {
          instances.report(this._instance, error);
        }
      }
    });
    this._usage.changed.connect(() => this.changed.emit());
    instances.changed.connect(this._onInstances, this);
    instances.signedIn.connect(this._onSigned, this);
    instances.signedOut.connect(this._onSigned, this);
    jobs.ended.connect(this._onJobEnded, this);
  }

  readonly changed: Signal<StorageModel, void> = new Signal(this);

  get usage(): Section<IUsage[]> {
    return this._usage;
  }

  /** The RSEs where something is or may be, the fullest first; undefined before the first answer. */
  get places(): readonly IUsage[] | undefined {
    return this._usage.value
      ?.filter(one => one.bytes_used > 0 || one.bytes_limit !== null)
      .sort(
        (one, other) =>
          (fullness(other) ?? -1) - (fullness(one) ?? -1) ||
          one.rse.localeCompare(other.rse)
      );
  }

  get isDisposed(): boolean {
    return this._usage.isDisposed;
  }

  dispose(): void {
    window.clearTimeout(this._timer);
    this._usage.dispose();
    this._instances.changed.disconnect(this._onInstances, this);
    this._instances.signedIn.disconnect(this._onSigned, this);
    this._instances.signedOut.disconnect(this._onSigned, this);
    this._jobs.ended.disconnect(this._onJobEnded, this);
    Signal.clearData(this);
  }

  /** Somebody looks, or nobody does any more: only then is anything asked. */
  setSeen(isSeen: boolean): void {
    this._isSeen = isSeen;
    this._ask();
  }

  private _ask(): void {
    const active = this._instances.active;
    this._instance = active?.name ?? null;
    if (this._isSeen && active?.authenticated) {
      void this._usage.reload();
    }
  }

  private _onInstances(): void {
    const active = this._instances.active;
    if ((active?.name ?? null) !== this._instance) {
      this._usage.forget();
      this._ask();
    }
  }

  private _onSigned(): void {
    this._usage.forget();
    this._ask();
  }

  private _onJobEnded(): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => this._ask(), AFTER_JOB_MS);
  }

  private readonly _instances: IInstancesModel;
  private readonly _jobs: IJobsModel;
  private readonly _usage: Section<IUsage[]>;
  private _instance: string | null = null;
  private _isSeen = false;
  private _timer = 0;
}

/** How much of what may be used is; null where there is no limit. */
export function fullness({ bytes_used, bytes_limit }: IUsage): number | null {
  if (bytes_limit === null) {
    return null;
  }
  return bytes_limit > 0 ? Math.min(1, bytes_used / bytes_limit) : 1;
}
