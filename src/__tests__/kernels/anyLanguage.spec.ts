import { NotebookModel } from '@jupyterlab/notebook/lib/model';

import { AnyLanguage } from '../../kernels/anyLanguage';
import { Injector } from '../../kernels/injector';
import type { IVariable } from '../../kernels/kernel';
import { NotebookAttachments } from '../../model/attachments';
import { Jupyter, until } from './jupyter';

describe('a kernel of a language that nobody knows', () => {
  let jupyter: Jupyter;

  beforeAll(async () => {
    jupyter = await Jupyter.start();
  });

  afterAll(() => jupyter.stop());

  it('is asked nothing, and what it needs stands in a file', async () => {
    const model = new NotebookModel();
    const attachments = new NotebookAttachments(model);
    const asked: IVariable[] = [];
    const language = new AnyLanguage(async variable => {
      asked.push(variable);
      if (variable.variableName === 'lost') {
        throw new Error('The disk is full.');
      }
      return '/srv/events.json';
    });
    const injector = new Injector({
      attachments,
      names: () => undefined,
      resolve: async wanted =>
        wanted.map(({ did, variableName }) => ({
          resolved: {
            did,
            variable_name: variableName,
            type: 'file',
            state: 'available',
            count: 1,
            items: [{ path: '/eos/a.root', pfn: null, did, size: 1 }],
            message: null
          }
        })),
      languageOf: async kernel => ({
        name: (await kernel.info).language_info.name,
        language
      })
    });
    const kernel = await jupyter.kernel('other');
    const requests = jest.spyOn(kernel, 'requestExecute');
    const attach = (variableName: string) =>
      attachments.add({
        did: 'demo:a.root',
        variableName,
        type: 'file',
        instance: 'escape'
      });
    attach('events');
    attach('lost');
    injector.setKernel(kernel);
    const state = (name: string) => injector.state(attachments.get(name)!);
    await until(() => state('events')?.kind === 'file');
    await until(() => state('lost')?.kind === 'failed');

    expect(state('events')).toEqual({ kind: 'file', path: '/srv/events.json' });
    expect(state('lost')).toMatchObject({
      error: { message: expect.stringContaining('The disk is full.') }
    });
    expect(asked.map(({ did, instance }) => [did, instance])).toEqual([
      ['demo:a.root', 'escape'],
      ['demo:a.root', 'escape']
    ]);
    expect(requests).not.toHaveBeenCalled();
    injector.dispose();
    attachments.dispose();
    model.dispose();
    await kernel.shutdown();
  });
});
