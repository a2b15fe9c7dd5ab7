import type { AvailabilityState, DidType } from '../api/types';
import type { IDidKey, IRucioApi } from '../tokens';

/** More paths than this are no text for a cell. */
export const MOST_PATHS = 50;

/** Where the files of a DID are on the server, as far as code needs to know it. */
export interface ILocalFiles extends IDidKey {
  /** null where Rucio does not know the DID. */
  readonly type: DidType | null;
  readonly state: AvailabilityState;
  /** The server's sentence about the state, or null. */
  readonly message: string | null;
  /** The paths of all its files; null where not all are here, or where they are more than asked for. */
  readonly paths: readonly string[] | null;
  /** Whether they are more than asked for. */
  readonly isMany: boolean;
  /** The DID of one of its files, which tells the format; null where it has none. */
  readonly example: string | null;
}

/**
 * Asks where the files of a DID are. Never for more than `most` + 1 of them.
 *
 * Rejects with an `ApiError`.
 */
export async function findLocalFiles(
  api: IRucioApi,
  { instance, did }: IDidKey,
  most = MOST_PATHS,
  signal?: AbortSignal
): Promise<ILocalFiles> {
  for await (const [known] of api.availability(instance, [did], signal)) {
    if (!known) {
      continue;
    }
    const { type, state, message, path } = known;
    const about = { instance, did, type, state, message };
    const isHere = state === 'available' || state === 'empty';
    if (type === null || type === 'file') {
      return {
        ...about,
        paths: isHere && path !== null ? [path] : null,
        isMany: false,
        example: type && did
      };
    }
    const limit = isHere ? most + 1 : 1;
    const paths: (string | null)[] = [];
    let example: string | null = null;
    for await (const batch of api.files(instance, did, { limit }, signal)) {
      example ??= batch[0]?.did ?? null;
      paths.push(...batch.map(file => file.path));
    }
    const isMany = paths.length > most;
    const isWhole = isHere && !isMany && !paths.includes(null);
    return {
      ...about,
      paths: isWhole ? (paths as string[]) : null,
      isMany,
      example
    };
  }
  return {
    instance,
    did,
    type: null,
    state: 'unknown',
    message: null,
    paths: null,
    isMany: false,
    example: null
  };
}
