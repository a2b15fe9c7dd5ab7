import type { IInstance, IRse, IUsage } from '../api/types';

/** An RSE that an upload may go to, with what the account has there. */
export interface IUploadChoice {
  readonly rse: string;
  /** null: the account has no limit there that Rucio would tell. */
  readonly bytesLimit: number | null;
  readonly bytesLeft: number | null;
  /** Whether Rucio told of the account there at all; where it did not, it will hardly take anything. */
  readonly isOwn: boolean;
}

/**
 * The RSEs that can be written to, those first where the account has a quota.
 *
 * Scratch storage is where uploads begin, and not where they end.
 */
export function uploadPlaces(
  instance: Pick<IInstance, 'scratch'>,
  rses: readonly IRse[],
  usages: readonly IUsage[]
): IUploadChoice[] {
  const scratch = new Set(instance.scratch.map(one => one.rse));
  const known = new Map(usages.map(usage => [usage.rse, usage]));
  return rses
    .filter(({ rse, writable }) => writable && !scratch.has(rse))
    .map(({ rse }) => {
      const usage = known.get(rse);
      const limit = usage?.bytes_limit ?? null;
      return {
        rse,
        bytesLimit: limit,
        bytesLeft:
          usage === undefined || limit === null
            ? null
            : Math.max(0, limit - usage.bytes_used),
        isOwn: limit !== null && limit > 0
      };
    })
    .sort(
      (one, other) =>
        Number(other.isOwn) - Number(one.isOwn) ||
        one.rse.localeCompare(other.rse)
    );
}
