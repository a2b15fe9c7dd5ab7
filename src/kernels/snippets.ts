import type { TranslationBundle } from '@jupyterlab/translation';

import type { DidType } from '../api/types';
import { suggestName } from '../model/variableName';
import type { IRucioApi } from '../tokens';
import type {
  IKernelLanguage,
  IKernelLanguages,
  ISnippetFormat
} from './kernel';
import { formatOf as formatAmong } from './snippetFormats';

/** The language of snippets where no notebook says another. */
const USUAL_LANGUAGE = 'python';

/** A DID that a snippet is to read, and what is known of it. */
export interface IDidSnippetSubject {
  readonly did: string;
  readonly type: DidType;
  /** The variable under which it is attached to the notebook. */
  readonly variableName?: string;
  /** An available file's. */
  readonly path?: string | null;
  /** Those of an available collection's files, where they are few. */
  readonly paths?: readonly string[] | null;
  /** The name of one of a collection's files, from which the format is told. */
  readonly example?: string | null;
  /** The id of a format, where the user has chosen one. */
  readonly format?: string;
}

/**
 * Code that reads a DID, or null where the language has none to propose.
 *
 * An attached DID is read through its variable, an available one by its paths; for any other a comment
 * says what has to be done before.
 */
export function didSnippet(
  subject: IDidSnippetSubject,
  language: IKernelLanguage,
  trans: TranslationBundle
): string | null {
  const { did, example, format } = subject;
  const type = subject.type === 'file' ? 'file' : 'collection';
  const about = { did, type, example, format } as const;
  if (subject.variableName !== undefined) {
    return language.snippet({ ...about, variableName: subject.variableName });
  }
  const variableName = suggestName(did, new Set(), language.names);
  const value = (type === 'file' ? subject.path : subject.paths) ?? null;
  if (value !== null && value.length > 0) {
    return language.snippet({ ...about, variableName, value });
  }
  return language.snippet({
    ...about,
    variableName,
    notes: [
      trans.__(
        'Before it runs: attach %1 to this notebook as %2, in the Rucio sidebar.',
        did,
        variableName
      )
    ]
  });
}

/** The format that a file's name says it has; undefined where it says none. */
export function formatOf(
  name: string | null | undefined,
  language: IKernelLanguage
): ISnippetFormat | undefined {
  return formatAmong(language.formats, name);
}

/** The name of a file in a collection; null where it has none. Rejects with an `ApiError`. */
export async function exampleFile(
  api: IRucioApi,
  instance: string,
  did: string,
  signal?: AbortSignal
): Promise<string | null> {
  for await (const [file] of api.files(instance, did, { limit: 1 }, signal)) {
    if (file) {
      return file.did;
    }
  }
  return null;
}

/** The language of snippets where no notebook says another. */
export function usualLanguage(
  languages: IKernelLanguages
): IKernelLanguage | undefined {
  return languages.get(USUAL_LANGUAGE);
}
