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
  | { readonly kind: 'ready'; readonly count: number | null }
  /** The kernel has said that it has the variable, which raises when it is used. */
  | { readonly kind: 'unavailable'; readonly message: string }
  | { readonly kind: 'failed'; readonly error: IErrorBody };

/** A notebook's attachments in a word. */
export type Summary = 'none' | 'ready' | 'moving' | 'unavailable' | 'failed';

/** What matters most of many states. */
export function summarise(states: readonly KernelState[]): Summary {
  const kinds = new Set(states.map(({ kind }) => kind));
  if (kinds.size === 0) {
    return 'none';
  }
  if (kinds.has('failed')) {
    return 'failed';
  }
  if (kinds.has('resolving') || kinds.has('waiting') || kinds.has('sending')) {
    return 'moving';
  }
  return kinds.has('unavailable') ? 'unavailable' : 'ready';
}
