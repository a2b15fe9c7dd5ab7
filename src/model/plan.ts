import { Signal } from '@lumino/signaling';

import { ApiError, asApiError } from '../api/errors';
import type { AvailabilityState, IPlan, IPlanPlace } from '../api/types';
import type { IRucioApi } from '../tokens';
import { inParallel, inPieces } from './pieces';

/** How long a plan counts: others use the same quota. */
const FRESH_MS = 30_000;
const KEPT_PLANS = 100;
const REQUESTS_AT_ONCE = 4;

/** What is known of what making DIDs available would mean. */
export type IPlanEntry =
  | { readonly state: 'loading'; readonly value: null; readonly error: null }
  | { readonly state: 'ready'; readonly value: IPlan; readonly error: null }
  | {
      readonly state: 'failed';
      readonly value: null;
      readonly error: ApiError;
    };

/** What making DIDs available would mean, asked once for as long as that holds. */
export class PlansModel {
  constructor(private readonly _api: Pick<IRucioApi, 'plan'>) {}

  readonly changed: Signal<PlansModel, void> = new Signal(this);

  /** What is known now; undefined where nobody asked, or too long ago. */
  get(instance: string, dids: readonly string[]): IPlanEntry | undefined {
    const kept = this._kept.get(keyOf(instance, dids));
    return kept && !isStale(kept) ? kept.entry : undefined;
  }

  /** Asks, unless it is known. Never rejects: what goes wrong is in the entry. */
  async fetch(instance: string, dids: readonly string[]): Promise<IPlanEntry> {
    const key = keyOf(instance, dids);
    const before = this._kept.get(key);
    if (before && !isStale(before) && before.entry.state !== 'failed') {
      return before.answer;
    }
    const kept: IKept = {
      instance,
      entry: { state: 'loading', value: null, error: null },
      since: Date.now(),
      answer: this._ask(instance, dids)
    };
    this._kept.delete(key);
    this._kept.set(key, kept);
    this._forgetOldest();
    this.changed.emit();
    kept.entry = await kept.answer;
    kept.since = Date.now();
    this.changed.emit();
    return kept.entry;
  }

  /** Forgets what was said about an instance: something moves there now. */
  forget(instance: string): void {
    for (const [key, kept] of this._kept) {
      if (kept.instance === instance) {
        this._kept.delete(key);
      }
    }
  }

  private async _ask(
    instance: string,
    dids: readonly string[]
  ): Promise<IPlanEntry> {
    const plans: IPlan[] = [];
    const pieces = inPieces(dids, did => did).map((piece, i) => ({ piece, i }));
    try {
      await inParallel(pieces, REQUESTS_AT_ONCE, async ({ piece, i }) => {
        plans[i] = await this._api.plan(instance, piece);
      });
      return { state: 'ready', value: together(plans), error: null };
    } catch (reason) {
      return { state: 'failed', value: null, error: asApiError(reason) };
    }
  }

  private _forgetOldest(): void {
    for (const key of this._kept.keys()) {
      if (this._kept.size <= KEPT_PLANS) {
        return;
      }
      this._kept.delete(key);
    }
  }

  private readonly _kept = new Map<string, IKept>();
}

interface IKept {
  readonly instance: string;
  readonly answer: Promise<IPlanEntry>;
  entry: IPlanEntry;
  since: number;
}

function isStale(kept: IKept): boolean {
  return kept.entry.state !== 'loading' && Date.now() - kept.since > FRESH_MS;
}

function keyOf(instance: string, dids: readonly string[]): string {
  return [instance, ...dids].join('\n');
}

/** The plans for parts of a list as that for the whole of it. */
export function together(plans: readonly IPlan[]): IPlan {
  const [first, ...rest] = plans;
  return rest.reduce((sum, plan) => {
    const places = sum.places.map((place, i) =>
      bothPlaces(place, plan.places[i])
    );
    return {
      items: [...sum.items, ...plan.items],
      files: plus(sum.files, plan.files),
      bytes: plus(sum.bytes, plan.bytes),
      places,
      sources: bothSources(sum.sources, plan.sources),
      lifetime_days: sum.lifetime_days,
      message: sum.message ?? plan.message
    };
  }, first);
}

function bothPlaces(one: IPlanPlace, other: IPlanPlace): IPlanPlace {
  return {
    ...one,
    state: one.state === other.state ? one.state : mixed(one, other),
    files_missing: plus(one.files_missing, other.files_missing),
    bytes_missing: plus(one.bytes_missing, other.bytes_missing)
  };
}

function mixed(one: IPlanPlace, other: IPlanPlace): AvailabilityState {
  const states = new Set([one.state, other.state]);
  for (const state of ['unknown', 'stuck', 'replicating'] as const) {
    if (states.has(state)) {
      return state;
    }
  }
  states.delete('empty');
  return states.size === 1 ? [...states][0] : 'partial';
}

function bothSources(
  one: IPlan['sources'],
  other: IPlan['sources']
): IPlan['sources'] {
  const byRse = new Map(one.map(source => [source.rse, source]));
  for (const source of other) {
    const before = byRse.get(source.rse);
    byRse.set(source.rse, {
      rse: source.rse,
      files: before ? plus(before.files, source.files) : source.files,
      available_files: before
        ? plus(before.available_files, source.available_files)
        : source.available_files
    });
  }
  return [...byRse.values()].sort(
    (a, b) => (b.available_files ?? 0) - (a.available_files ?? 0)
  );
}

function plus(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other;
}
