import { DisposableDelegate, type IDisposable } from '@lumino/disposable';

import type { IKernelLanguage, IKernelLanguages } from './kernel';

/** The known languages, by name. */
export class KernelLanguages implements IKernelLanguages {
  get(name: string): IKernelLanguage | undefined {
    return this._languages.get(name.toLowerCase());
  }

  register(name: string, language: IKernelLanguage): IDisposable {
    const key = name.toLowerCase();
    if (this._languages.has(key)) {
      throw new Error(`The kernel language ${key} is registered already.`);
    }
    this._languages.set(key, language);
    return new DisposableDelegate(() => {
      this._languages.delete(key);
    });
  }

  private readonly _languages = new Map<string, IKernelLanguage>();
}
