/// <reference types="node" />
import { readFileSync } from 'fs';
import { resolve } from 'path';

import type { Kernel } from '@jupyterlab/services';

import { BashLanguage } from '../../kernels/bash';
import { CppLanguage } from '../../kernels/cpp';
import { JavaScriptLanguage } from '../../kernels/javascript';
import type { IKernelLanguage } from '../../kernels/kernel';
import { RLanguage } from '../../kernels/r';
import { Jupyter } from './jupyter';

jest.setTimeout(60_000);

const PAGE = readFileSync(
  resolve(__dirname, '../../../docs/users/languages.md'),
  'utf8'
);

/** The kernels that are here, by the language of the examples. */
const KERNELS: [string, string, IKernelLanguage][] = [
  ['r', 'r', new RLanguage()],
  ['cpp', 'root', new CppLanguage()],
  ['javascript', 'deno', JavaScriptLanguage.deno()],
  ['bash', 'bash', new BashLanguage()]
];

let jupyter: Jupyter;

beforeAll(async () => {
  jupyter = await Jupyter.start();
});

afterAll(() => jupyter.stop());

it.each(KERNELS)('the example in %s is right', async (word, spec, language) => {
  const example = new RegExp(
    `\`\`\`${word}\\n([^]*?)\`\`\`\\n\\n\`\`\`text\\n([^]*?)\`\`\``
  ).exec(PAGE)!;
  const csv = (name: string) => jupyter.write(name, 'channel,gain\n1,2\n2,3\n');
  const paths = [];
  for (const name of ['0.csv', '1.csv', '2.csv']) {
    paths.push(await csv(name));
  }
  const kernel = await jupyter.kernel(spec);
  const link = await language.connect(kernel);
  const files = paths.map((path, n) => ({
    path,
    pfn: null,
    did: `demo:${n}.csv`,
    size: 25
  }));
  const common = { didAvailable: true, message: undefined };
  const { problems } = await link.inject([
    {
      ...common,
      type: 'file',
      variableName: 'constants',
      did: 'demo:0.csv',
      files: files.slice(0, 1)
    },
    {
      ...common,
      type: 'collection',
      variableName: 'events',
      did: 'demo:events',
      files
    }
  ]);
  expect([...problems]).toEqual([]);
  const said = await output(kernel, example[1]);
  expect(said.replace(/ +$/gm, '').trim()).toBe(example[2].trim());
  link.dispose();
  await kernel.shutdown();
});

/** What stands below a cell. */
async function output(
  kernel: Kernel.IKernelConnection,
  code: string
): Promise<string> {
  let said = '';
  const future = kernel.requestExecute({ code });
  future.onIOPub = ({ header, content }) => {
    if (header.msg_type === 'stream') {
      said += (content as { text: string }).text;
    } else if (header.msg_type === 'execute_result') {
      const { data } = content as { data: Record<string, string> };
      // Deno's colours and quotes.
      // eslint-disable-next-line no-control-regex -- a colour begins with one
      said += data['text/plain'].replace(/\u001b\[\d+m|"/g, '');
    } else if (header.msg_type === 'error') {
      said += (content as { evalue: string }).evalue;
    }
  };
  await future.done;
  return said;
}
