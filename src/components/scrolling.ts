import { type RefObject, useEffect, useRef, useState } from 'react';

/**
 * For an element that scrolls once it holds more than fits: then the Tab key stops there, so that the
 * arrow keys reach all of it, and else it does not.
 */
export function useScrollStop<T extends HTMLElement>(): {
  ref: RefObject<T>;
  tabIndex: 0 | undefined;
} {
  const ref = useRef<T>(null);
  const [scrolls, setScrolls] = useState(false);
  const look = () => {
    const node = ref.current;
    setScrolls(!!node && node.scrollHeight > node.clientHeight);
  };
  // What it holds may be other with every rendering.
  useEffect(look);
  // A narrower sidebar breaks lines, and what is folded away has no size before it is opened.
  useEffect(() => {
    if (!ref.current || typeof ResizeObserver === 'undefined') {
      return;
    }
    const observer = new ResizeObserver(look);
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return { ref, tabIndex: scrolls ? 0 : undefined };
}
