import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import type { IAvailability } from '../api/types';
import type {
  IAvailabilityEntry,
  IAvailabilityModel,
  IDidKey,
  IJobEntry,
  IJobsModel
} from '../tokens';
import { isActive } from './jobStates';
import { listedTransfer, madeAt } from './listedRules';
import { type MovingRulesModel, ruleIdOf, ruleKey } from './movingRules';

/** A download or an upload. */
export interface IJobTransfer {
  readonly kind: 'job';
  readonly id: string;
  readonly entry: IJobEntry;
}

/** A rule that brings data to a destination. */
export interface IRuleTransfer extends IDidKey {
  readonly kind: 'rule';
  readonly id: string;
  /** Where the list of rules alone knows it: as far as that tells, which is files and no bytes. */
  readonly value: IAvailability;
  /** Whether the list of rules alone knows it, since it leads to where this page does not look. */
  readonly isListed: boolean;
  /** Milliseconds, by our clock: when it was made, or first seen, and when it ended. */
  readonly begunAt: number;
  readonly endedAt: number | null;
}

export type Transfer = IJobTransfer | IRuleTransfer;

/** What a list can be narrowed down to. */
export type TransferKind = 'all' | 'download' | 'upload' | 'rule';
/** `trouble`: what needs somebody. */
export type TransferState = 'all' | 'moving' | 'trouble' | 'ended';

/** The group that stands last. */
const ENDED = 2;

/** More replications than this are not followed by themselves. */
const MOST_RULES = 500;

interface IFollowed extends IDidKey {
  readonly id: string;
  readonly begunAt: number;
  endedAt: number | null;
  value: IAvailability;
  watch: IDisposable | null;
}

/** Everything that moves or moved, in one list: jobs, and rules that bring data to a destination. */
export class TransfersModel implements IDisposable {
  constructor(options: {
    jobs: IJobsModel;
    availability: IAvailabilityModel;
    rules: MovingRulesModel;
  }) {
    this.jobs = options.jobs;
    this.rules = options.rules;
    this._availability = options.availability;
    this.jobs.changed.connect(this._onChanged, this);
    this.rules.changed.connect(this._onChanged, this);
    this._availability.changed.connect(this._onAvailability, this);
  }

  readonly jobs: IJobsModel;
  /** What moves without this page's having had to do with it. */
  readonly rules: MovingRulesModel;
  readonly changed: Signal<TransfersModel, void> = new Signal(this);

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this.jobs.changed.disconnect(this._onChanged, this);
    this.rules.changed.disconnect(this._onChanged, this);
    this._availability.changed.disconnect(this._onAvailability, this);
    for (const { watch } of this._followed.values()) {
      watch?.dispose();
    }
    Signal.clearData(this);
  }

  get kind(): TransferKind {
    return this._kind;
  }

  get state(): TransferState {
    return this._state;
  }

  setKind(kind: TransferKind): void {
    this._kind = kind;
    this._onChanged();
  }

  setState(state: TransferState): void {
    this._state = state;
    this._onChanged();
  }

  /** All of it: what moves first, then what waits, then what has ended; in each the newest first. */
  get all(): readonly Transfer[] {
    if (this._all === null) {
      const jobs = this.jobs.entries.map<Transfer>(entry => ({
        kind: 'job',
        id: entry.job.id,
        entry
      }));
      const rules = [
        ...[...this._followed.values()].map<IRuleTransfer>(one => ({
          ...one,
          kind: 'rule',
          isListed: false
        })),
        ...this._listed
      ];
      const places = new Map(
        [...jobs, ...rules].map(one => [one, [groupOf(one), -timeOf(one)]])
      );
      this._all = [...places.keys()].sort((one, other) => {
        const [group, time] = places.get(one)!;
        const [otherGroup, otherTime] = places.get(other)!;
        return group - otherGroup || time - otherTime;
      });
    }
    return this._all;
  }

  /** What passes the filters. */
  get shown(): readonly Transfer[] {
    this._shown ??= this.all.filter(
      one =>
        (this._kind === 'all' || this._kind === kindOf(one)) &&
        (this._state === 'all' || this._state === stateOf(one))
    );
    return this._shown;
  }

  /** What somebody has to be led to; another object for each time. */
  get wanted(): { readonly id: string } | null {
    return this._wanted;
  }

  /** Leads to a transfer, past the filters. */
  reveal(id: string): void {
    this._wanted = { id };
    this._kind = 'all';
    this._state = 'all';
    this._onChanged();
  }

  find(id: string): Transfer | undefined {
    return this.all.find(one => one.id === id);
  }

  /** The entry of a rule as the availability model has it, with what the user asked of it. */
  entryOf(rule: IRuleTransfer): IAvailabilityEntry {
    const entry = this._availability.entry(rule.instance, rule.did);
    return entry?.value && !rule.isListed
      ? entry
      : {
          value: rule.value,
          pending: false,
          error: null,
          isRefused: false
        };
  }

  /**
   * Learns more of a rule that the list alone knows, until it is disposed: what its DID is, and the
   * bytes where it leads to one of our destinations.
   */
  watch({ instance, did }: IRuleTransfer): IDisposable {
    return this._availability.watch(instance, [did]);
  }

  /** Drops a rule from the list, where it has ended; Rucio's own rule stays. */
  forgetRule(id: string): void {
    this._drop(one => one.id === id);
    this.rules.forget(new Set([ruleIdOf(id)]));
  }

  /** Removes what has ended. Rejects with an `ApiError`. */
  async clear(): Promise<void> {
    const ended = this.all.filter(one => one.kind === 'rule' && hasEnded(one));
    this._drop(({ endedAt }) => endedAt !== null);
    this.rules.forget(new Set(ended.map(({ id }) => ruleIdOf(id))));
    if (this.jobs.entries.some(({ job }) => !isActive(job))) {
      await this.jobs.clear();
    }
  }

  private _onAvailability(
    _: IAvailabilityModel,
    changes: readonly IDidKey[]
  ): void {
    let isChanged = false;
    for (const { instance, did } of changes) {
      const value = this._availability.get(instance, did);
      if (value !== undefined && this._follow(instance, value)) {
        isChanged = true;
      }
      // Of what is listed, the type is known from here.
      isChanged ||= this._listed.some(
        one => one.instance === instance && one.did === did
      );
    }
    if (isChanged) {
      this._onChanged();
    }
  }

  /** Whether the word is about something that is in the list, or is now. */
  private _follow(instance: string, value: IAvailability): boolean {
    const key = `${instance}\n${value.did}`;
    const known = this._followed.get(key);
    const isMoving = value.state === 'replicating' || value.state === 'stuck';
    if (known) {
      known.value = value;
      if (isMoving) {
        known.endedAt = null;
        known.watch ??= this._availability.watch(instance, [value.did]);
      } else if (value.state !== 'unknown' && known.endedAt === null) {
        known.endedAt = Date.now();
        known.watch?.dispose();
        known.watch = null;
        this.rules.lookSoon();
      }
      return true;
    }
    // Of a file that its dataset's rule brings, the dataset is what moves; of a download, the job.
    const { rule } = value;
    const isOwn = rule !== null && rule.via === null;
    if (!isMoving || !isOwn || this._followed.size >= MOST_RULES) {
      return false;
    }
    const id = ruleKey(instance, rule.id);
    this._followed.set(key, {
      id,
      instance,
      did: value.did,
      value,
      begunAt: madeAt(rule),
      endedAt: null,
      watch: this._availability.watch(instance, [value.did])
    });
    if (!this.rules.get(id)) {
      this.rules.lookSoon();
    }
    return true;
  }

  /** What the list of rules alone knows. */
  private get _listed(): readonly IRuleTransfer[] {
    if (this._others === null) {
      const followed = new Set<string>();
      for (const { id, value } of this._followed.values()) {
        followed.add(ruleIdOf(id));
        if (value.rule) {
          followed.add(value.rule.id);
        }
      }
      this._others = this.rules.all
        .filter(({ rule }) => !followed.has(rule.id))
        .map(listedTransfer);
    }
    return this._others;
  }

  private _drop(isMeant: (one: IFollowed) => boolean): void {
    for (const [key, one] of this._followed) {
      if (isMeant(one)) {
        one.watch?.dispose();
        this._followed.delete(key);
      }
    }
  }

  private _onChanged(): void {
    this._all = null;
    this._others = null;
    this._shown = null;
    if (!this._isDisposed) {
      this.changed.emit();
    }
  }

  private readonly _availability: IAvailabilityModel;
  /** By instance and DID. */
  private readonly _followed = new Map<string, IFollowed>();
  private _kind: TransferKind = 'all';
  private _state: TransferState = 'all';
  private _wanted: { readonly id: string } | null = null;
  private _all: readonly Transfer[] | null = null;
  private _others: readonly IRuleTransfer[] | null = null;
  private _shown: readonly Transfer[] | null = null;
  private _isDisposed = false;
}

/** What moves now, in one figure each. */
export interface ITransferTotal {
  readonly count: number;
  /** From 0 to 1; null where of one of them nobody knows how much it is. */
  readonly fraction: number | null;
}

/** The sum of what moves or waits. */
export function totalOf(transfers: readonly Transfer[]): ITransferTotal {
  const moving = transfers.filter(one => stateOf(one) === 'moving');
  let done = 0;
  let all = 0;
  let isKnown = true;
  for (const one of moving) {
    const [part, whole] =
      one.kind === 'rule'
        ? [one.value.bytes_available, one.value.bytes_total]
        : [one.entry.job.bytes_done, one.entry.job.bytes_total];
    isKnown &&= part !== null && whole !== null;
    done += part ?? 0;
    all += whole ?? 0;
  }
  return {
    count: moving.length,
    fraction: isKnown && all > 0 ? Math.min(1, done / all) : null
  };
}

export function kindOf(transfer: Transfer): Exclude<TransferKind, 'all'> {
  return transfer.kind === 'rule' ? 'rule' : transfer.entry.job.kind;
}

export function stateOf(transfer: Transfer): Exclude<TransferState, 'all'> {
  if (transfer.kind === 'rule') {
    if (transfer.endedAt !== null) {
      return 'ended';
    }
    return transfer.value.state === 'stuck' ? 'trouble' : 'moving';
  }
  const { job } = transfer.entry;
  if (isActive(job)) {
    return 'moving';
  }
  return job.state === 'failed' || job.state === 'interrupted'
    ? 'trouble'
    : 'ended';
}

/** Whether it can go from the list: nothing more comes of it by itself. */
export function hasEnded(transfer: Transfer): boolean {
  return groupOf(transfer) === ENDED;
}

function groupOf(transfer: Transfer): number {
  if (transfer.kind === 'rule') {
    return transfer.endedAt === null ? 0 : ENDED;
  }
  const { job } = transfer.entry;
  return job.state === 'running' ? 0 : job.state === 'queued' ? 1 : ENDED;
}

function timeOf(transfer: Transfer): number {
  if (transfer.kind === 'rule') {
    return transfer.endedAt ?? transfer.begunAt;
  }
  const { ended_at, created_at } = transfer.entry.job;
  return Date.parse(ended_at ?? created_at);
}
