import type { IPlan, IPlanPlace } from '../api/types';

/** What may keep data from arriving at a place, or makes it worth a second thought. */
export type Concern =
  'no-quota' | 'over-quota' | 'no-source' | 'not-mounted' | 'large';

/**
 * What speaks against making DIDs available at a place.
 *
 * @param largeBytes - what is larger is worth a question; 0 for never
 */
export function concernsOf(
  plan: IPlan,
  place: IPlanPlace,
  largeBytes: number
): Concern[] {
  const concerns: Concern[] = [];
  if (isOnItsWay(place)) {
    return place.mounted ? concerns : ['not-mounted'];
  }
  if (place.has_quota === false) {
    concerns.push('no-quota');
  } else {
    const bytes = missingBytes(plan, place);
    if (place.bytes_left !== null && bytes !== null) {
      if (bytes > place.bytes_left) {
        concerns.push('over-quota');
      }
    }
  }
  if (hasNoSource(plan) && place.state === 'not_available') {
    concerns.push('no-source');
  }
  if (!place.mounted) {
    concerns.push('not-mounted');
  }
  if (isLarge(plan.bytes, largeBytes)) {
    concerns.push('large');
  }
  return concerns;
}

/**
 * What a place has to have room for.
 *
 * Rucio counts all of a DID, also what is there already; on a disk only what is missing takes room.
 */
export function missingBytes(plan: IPlan, place: IPlanPlace): number | null {
  return place.rse === null ? (place.bytes_missing ?? plan.bytes) : plan.bytes;
}

/** Whether a rule brings it there already, or has. */
export function isOnItsWay(place: IPlanPlace): boolean {
  return place.state === 'available' || place.state === 'replicating';
}

export function isLarge(bytes: number | null, largeBytes: number): boolean {
  return largeBytes > 0 && bytes !== null && bytes > largeBytes;
}

/** Whether Rucio knows of no site that has anything of it. */
function hasNoSource(plan: IPlan): boolean {
  return (
    plan.message === null &&
    plan.files !== null &&
    plan.files > 0 &&
    plan.sources.every(source => source.available_files === 0)
  );
}

/** What is known before DIDs are made available. */
export interface IIntent {
  /** null where Rucio could not be asked, or not in time. */
  plan: IPlan | null;
  /** The place that was asked for, if one was. */
  rse: string | undefined;
  /** The number of places that there are. */
  places: number;
  /** The bytes that are known without a plan. */
  knownBytes: number;
  largeBytes: number;
}

/** Whether the user is to be asked before it starts. */
export function isQuestion(intent: IIntent): boolean {
  const { plan, rse, places, knownBytes, largeBytes } = intent;
  if (rse === undefined && places > 1) {
    return true;
  }
  if (plan === null) {
    return isLarge(knownBytes, largeBytes);
  }
  const place =
    rse === undefined
      ? plan.places[0]
      : plan.places.find(one => one.rse === rse);
  return (
    place !== undefined &&
    concernsOf(plan, place, largeBytes).some(one => ASKED.has(one))
  );
}

/** The others are told where one looks, and no reason to stop anybody. */
const ASKED: ReadonlySet<Concern> = new Set([
  'no-quota',
  'over-quota',
  'large'
]);
