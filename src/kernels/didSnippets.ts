import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';

import type { DidType } from '../api/types';
import type {
  IAttachmentsModel,
  IAvailabilityModel,
  IKernelLanguages
} from '../tokens';
import type { ISnippetFormat } from './kernel';
import { didSnippet, formatOf, usualLanguage } from './snippets';

/** A DID of an instance, and what tells its format. */
export interface ISnippetRequest {
  readonly instance: string;
  readonly did: string;
  readonly type: DidType;
  /** Some of a collection's files, with where they would be. */
  readonly files: readonly { did: string; path: string | null }[];
  /** Whether `files` is all of them. */
  readonly isAll: boolean;
  /** The id of the format that the user has chosen. */
  readonly format?: string;
}

/** A collection with more files than that is better attached than listed in code. */
const LISTED = 50;

/** Code that reads a DID, in the language of the notebook that the user works with. */
export class DidSnippets {
  constructor(
    private readonly _options: {
      languages: IKernelLanguages;
      availability: IAvailabilityModel;
      /** null where there are no notebooks. */
      attachments: IAttachmentsModel | null;
      trans: TranslationBundle;
    }
  ) {}

  /** Another notebook is the current one, or something else is attached to it. */
  get changed(): ISignal<IAttachmentsModel, void> | null {
    return this._options.attachments?.changed ?? null;
  }

  /** The formats that can be chosen. */
  get formats(): readonly ISnippetFormat[] {
    return this._language?.formats ?? [];
  }

  /** Those that the names of files say, each once, in the order of `formats`. */
  formatsOf(names: readonly string[]): ISnippetFormat[] {
    const language = this._language;
    if (!language) {
      return [];
    }
    const found = new Set(names.map(name => formatOf(name, language)));
    return language.formats.filter(format => found.has(format));
  }

  /** null where the language has nothing to propose. */
  code(request: ISnippetRequest): string | null {
    const { instance, did, type, files, isAll, format } = request;
    const language = this._language;
    if (!language) {
      return null;
    }
    const known = this._options.availability.get(instance, did);
    const isThere = known?.state === 'available';
    const paths = files.flatMap(file => file.path ?? []);
    const isListed =
      isThere && isAll && paths.length === files.length && isFew(paths);
    return didSnippet(
      {
        did,
        type,
        variableName: this._variable(instance, did),
        path: isThere ? known.path : null,
        paths: isListed ? paths : null,
        example: files[0]?.did,
        format
      },
      language,
      this._options.trans
    );
  }

  private get _language() {
    const { attachments, languages } = this._options;
    return attachments?.current?.language ?? usualLanguage(languages);
  }

  /** The variable under which it is attached to the current notebook. */
  private _variable(instance: string, did: string): string | undefined {
    const notebook = this._options.attachments?.current;
    return notebook?.attachments.attachments.find(
      one => one.did === did && notebook.instanceOf(one) === instance
    )?.variableName;
  }
}

function isFew(paths: readonly string[]): boolean {
  return paths.length > 0 && paths.length <= LISTED;
}
