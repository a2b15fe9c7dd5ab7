import type { IResolvedFile } from '../api/types';
import type { IVariable } from './kernel';

/**
 * A variable as it is sent to kernels whose languages know paths as strings only.
 *
 * What is not there has a path that no file can have and that says why: whoever opens it is told. It is
 * never an empty text and never left out.
 */
export interface IEntry {
  readonly name: string;
  readonly type: IVariable['type'];
  readonly did: string;
  /** Why it is not to be used as a whole; null where it is. */
  readonly problem: string | null;
  /** null where the list is on the disk. */
  readonly files: readonly IEntryFile[] | null;
  readonly manifest: { readonly path: string; readonly count: number } | null;
}

export interface IEntryFile {
  readonly path: string;
  readonly did: string;
  readonly pfn: string | null;
  readonly size: number | null;
  /** Where it is after all, if a file of its size is there when the variable is made. */
  readonly expected?: string;
}

/** Below it there can be nothing; whatever opens such a path fails and shows it. */
export const NOWHERE = '/dev/null/';

export function toEntry(variable: IVariable): IEntry {
  const { variableName, type, did, didAvailable, files, manifest } = variable;
  const list = manifest ? { path: manifest.path, count: manifest.count } : null;
  const isThere = didAvailable || (files?.length ?? 0) > 0 || list !== null;
  const problem = isThere ? null : unavailable(did, variable.message);
  return {
    name: variableName,
    type,
    did,
    problem,
    files: problem
      ? [{ path: NOWHERE + problem, did, pfn: null, size: null }]
      : (files?.map(toFile) ?? null),
    manifest: list
  };
}

/** A sentence in one line, as it stands in a path. */
export function unavailable(
  did: string,
  reason: string | null | undefined
): string {
  const why = reason ? `: ${reason}` : '';
  return `${did} is not available${why}`.replace(/\s+/g, ' ').trim();
}

function toFile(file: IResolvedFile): IEntryFile {
  const { path, did, pfn, size, message, expected } = file;
  return {
    path: path ?? NOWHERE + unavailable(did, message),
    did,
    pfn,
    size,
    ...(path === null && expected !== undefined ? { expected } : {})
  };
}

/**
 * The files as the server writes a list, an object a line, where some have to be looked for; else null.
 *
 * For languages with no JSON at hand: their code reads such lines anyway.
 */
export function linesOf({ files }: IEntry): string | null {
  if (!files?.some(({ expected }) => expected !== undefined)) {
    return null;
  }
  return files
    .map(({ path, pfn, did, size, expected }) => {
      const place = expected === undefined ? { path } : { path: null };
      return `${JSON.stringify({ ...place, pfn, did, size, expected })}\n`;
    })
    .join('');
}
