import type { TranslationBundle } from '@jupyterlab/translation';

import type { IKernelLanguage } from '../kernels/kernel';
import { didSnippet } from '../kernels/snippets';
import type { ILocalFiles } from '../model/localFiles';
import type { IInsertion } from './editorText';
import type { IPlace } from './places';

/** What is put into a place for DIDs: code that reads them, and an expression that stands for them. */
export async function insertionFor(
  found: readonly ILocalFiles[],
  place: IPlace,
  trans: TranslationBundle,
  format?: string
): Promise<IInsertion> {
  const language = await place.language();
  const expression = found
    .map(
      files =>
        place.variableOf(files) ??
        literal(pathsOf(files) ?? files.did, language)
    )
    .join(', ');
  const snippets = found.map(
    files =>
      (language && snippetOf(files, language, place, trans, format)) ??
      literal(pathsOf(files) ?? files.did, language)
  );
  return { code: snippets.join('\n\n'), expression };
}

/** A text or texts as code; where nothing is known of the language, as most write it. */
export function literal(
  value: string | readonly string[],
  language: IKernelLanguage | undefined
): string {
  return (
    language?.literal(value) ??
    (typeof value === 'string'
      ? JSON.stringify(value)
      : value.map(text => JSON.stringify(text)).join('\n'))
  );
}

/** A file's path, the paths of a collection, or null where they are not known. */
export function pathsOf({
  type,
  paths
}: ILocalFiles): string | readonly string[] | null {
  return type === 'file' ? (paths?.[0] ?? null) : paths;
}

function snippetOf(
  files: ILocalFiles,
  language: IKernelLanguage,
  place: IPlace,
  trans: TranslationBundle,
  format: string | undefined
): string | null {
  return didSnippet(
    {
      did: files.did,
      type: files.type ?? 'dataset',
      variableName: place.variableOf(files),
      path: files.paths?.[0],
      paths: files.paths,
      example: files.example,
      format
    },
    language,
    trans
  );
}
