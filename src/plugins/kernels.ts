import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

/* eslint-disable jupyter/prefer-lazy-imports -- small, and who asks for the token uses them at once */
import { BashLanguage } from '../kernels/bash';
import { CppLanguage } from '../kernels/cpp';
import { JavaScriptLanguage } from '../kernels/javascript';
import { JuliaLanguage } from '../kernels/julia';
import { KernelLanguages } from '../kernels/languages';
import { PythonLanguage } from '../kernels/python';
import { RLanguage } from '../kernels/r';
/* eslint-enable jupyter/prefer-lazy-imports */
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
    languages.register('julia', new JuliaLanguage());
    languages.register('c++', new CppLanguage());
    // What Deno calls its language.
    languages.register('typescript', JavaScriptLanguage.deno());
    languages.register('javascript', JavaScriptLanguage.node());
    languages.register('bash', new BashLanguage());
    return languages;
  }
};
