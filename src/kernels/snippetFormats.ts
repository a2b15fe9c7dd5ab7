import type { ISnippetFormat } from './kernel';

/** The format that a file's name says it has; the longest extension counts. */
export function formatOf<T extends ISnippetFormat>(
  formats: readonly T[],
  name: string | null | undefined
): T | undefined {
  const lower = name?.toLowerCase() ?? '';
  let best: T | undefined;
  let length = 0;
  for (const format of formats) {
    for (const extension of format.extensions) {
      if (extension.length > length && lower.endsWith(`.${extension}`)) {
        best = format;
        length = extension.length;
      }
    }
  }
  return best;
}

export function formatNamed<T extends ISnippetFormat>(
  formats: readonly T[],
  id: string | undefined
): T | undefined {
  return formats.find(format => format.id === id);
}
