/** A request line longer than a few kB is refused by proxies. */
const REQUEST_CHARACTERS = 4_000;

/** Cuts a list of what has DIDs into pieces whose DIDs fit into a request line. */
export function inPieces<T>(
  items: readonly T[],
  didOf: (item: T) => string
): T[][] {
  const pieces: T[][] = [];
  let characters = REQUEST_CHARACTERS;
  for (const item of items) {
    const length = encodeURIComponent(didOf(item)).length + 5;
    if (characters + length > REQUEST_CHARACTERS) {
      pieces.push([]);
      characters = 0;
    }
    pieces[pieces.length - 1].push(item);
    characters += length;
  }
  return pieces;
}

/** Does something with each item, with at most so many at the same time. */
export async function inParallel<T>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<void>
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      await work(items[next++]);
    }
  };
  await Promise.all(
    Array.from({ length: Math.min(most, items.length) }, worker)
  );
}
