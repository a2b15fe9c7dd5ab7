import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { KernelLanguages } from '../kernels/languages';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- small, and who asks for the token uses it at once
import { PythonLanguage } from '../kernels/python';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- as above
import { RLanguage } from '../kernels/r';
import { IKernelLanguages } from '../tokens';

/** The languages that variables can be attached in. */
export const kernelsPlugin: JupyterFrontEndPlugin<IKernelLanguages> = {
  id: 'rucio-jupyterlab:kernels',
  description:
    'Provides the programming languages that Rucio data can be attached in.',
  autoStart: true,
  provides: IKernelLanguages,
  activate: () => {
    const languages = new KernelLanguages();
    languages.register('python', new PythonLanguage());
    languages.register('r', new RLanguage());
    return languages;
  }
};
