import type { IErrorBody, IResolved } from '../api/types';
import type { IAttachment } from '../model/attachments';
import type { KernelState } from './states';

/** An attachment on its way. */
export interface IJourney {
  readonly attachment: IAttachment;
  state: KernelState;
  /** What the server said last; null while it is asked. */
  resolved: IResolved | null;
  /** Raised by everything that makes an answer under way out of date. */
  turn: number;
  /** The turn in which it was last sent. */
  sentIn: number;
}

/** The states of what the kernel has not answered about. */
export const ON_THEIR_WAY: ReadonlySet<KernelState['kind']> = new Set<
  KernelState['kind']
>(['waiting', 'sending']);

/** A step of a journey; its outcome counts while the journey has the same turn. */
export interface IStep {
  readonly journey: IJourney;
  readonly turn: number;
}

export function fail(journey: IJourney, error: IErrorBody): void {
  journey.state = { kind: 'failed', error };
}

/** Whether what is known of it was sent, or is being sent, to the process that the kernel has now. */
export function isSent({ resolved, turn, sentIn }: IJourney): boolean {
  return resolved !== null && sentIn === turn;
}

/** It did not arrive, and is to be sent another way. */
export function unsend({ journey }: IStep): void {
  journey.sentIn = -1;
}

export function isSame(one: IResolved, other: IResolved | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Whether the kernel has said that it has the variable. */
export function hasArrived({ state }: IJourney): boolean {
  return state.kind === 'ready' || state.kind === 'unavailable';
}
