import type { IErrorBody } from '../api/types';

/** Why a variable has to wait for its kernel. */
export type WaitReason = 'no_kernel' | 'starting' | 'busy' | 'dead';

/** How far an attachment has come on its way into the kernel. */
export type KernelState =
  /** The server is asked where the files are. */
  | { readonly kind: 'resolving' }
  | { readonly kind: 'waiting'; readonly reason: WaitReason }
  | { readonly kind: 'sending' }
  /** The kernel has said that it has the variable. */
  | { readonly kind: 'ready' }
  /** The kernel has said that it has the variable, which raises when it is used. */
  | { readonly kind: 'unavailable'; readonly message: string }
  /** The kernel's language is not one of ours: what it needs stands in a JSON file. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'failed'; readonly error: IErrorBody };

/** A notebook's attachments in a word: what matters most, and of how many it is true. */
export interface ISummary {
  readonly kind:
    'none' | 'ready' | 'file' | 'moving' | 'unavailable' | 'failed';
  readonly count: number;
}

/**
 * What matters most of many states.
 *
 * @param faults - how many entries there are beside that cannot even be read.
 */
export function summarise(
  states: readonly KernelState[],
  faults: number
): ISummary {
  const count = (...kinds: KernelState['kind'][]) =>
    states.filter(({ kind }) => kinds.includes(kind)).length;
  const failed = count('failed') + faults;
  if (failed > 0) {
    return { kind: 'failed', count: failed };
  }
  const moving = count('resolving', 'waiting', 'sending');
  if (moving > 0) {
    return { kind: 'moving', count: moving };
  }
  const unavailable = count('unavailable');
  if (unavailable > 0) {
    return { kind: 'unavailable', count: unavailable };
  }
  const inFiles = count('file');
  if (inFiles > 0) {
    return { kind: 'file', count: inFiles };
  }
  return { kind: states.length > 0 ? 'ready' : 'none', count: states.length };
}
