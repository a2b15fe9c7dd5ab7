import type { ISignal } from '@lumino/signaling';
import { useEffect, useReducer } from 'react';

/** Renders the component again whenever the signal fires, where there is one. */
export function useSignal<T, U>(signal: ISignal<T, U> | null): void {
  const [, render] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const slot = () => render();
    signal?.connect(slot);
    // It may have fired between rendering and now.
    render();
    return () => {
      signal?.disconnect(slot);
    };
  }, [signal]);
}
