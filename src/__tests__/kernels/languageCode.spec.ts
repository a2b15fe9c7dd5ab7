/// <reference types="node" />
import { readFileSync } from 'fs';
import { resolve } from 'path';

import type { Kernel } from '@jupyterlab/services';

import { BashLanguage } from '../../kernels/bash';
import { CppLanguage } from '../../kernels/cpp';
import { JavaScriptLanguage } from '../../kernels/javascript';
import type { IKernelLanguage } from '../../kernels/kernel';
import { RLanguage } from '../../kernels/r';
import { Jupyter, until } from './jupyter';

const PAGE = readFileSync(
  resolve(__dirname, '../../../docs/users/languages.md'),
  'utf8'
);

/** The kernels that are here, by the language of the examples, and the files that they have to read. */
const KERNELS: [string, string, IKernelLanguage, string[]][] = [
  ['r', 'r', new RLanguage(), ['csv', 'tsv', 'json', 'txt', 'bin']],
  ['cpp', 'root', new CppLanguage(), ['csv', 'txt', 'bin']],
  [
    'javascript',
    'deno',
    JavaScriptLanguage.deno(),
    ['csv', 'json', 'jsonl', 'txt', 'bin']
  ],
  ['bash', 'bash', new BashLanguage(), ['csv', 'txt', 'bin']]
];

/** Small files of each kind, and what is seen of them when they are read. */
const FILES: Record<string, [string, RegExp]> = {
  csv: ['channel,gain\n1,2.5\n2,3\n', /2\.5/],
  tsv: ['channel\tgain\n1\t2.5\n', /2\.5/],
  json: ['{"gain": [2.5]}', /2\.5/],
  jsonl: ['{"gain": 2.5}\n{"gain": 3}\n', /2\.5/],
  txt: ['gain 2.5\n', /2\.5/],
  bin: ['\u0001\u0002', /01 02|2 bytes|Uint8Array|Buffer| 2 |\.bin/]
};

let jupyter: Jupyter;

beforeAll(async () => {
  jupyter = await Jupyter.start();
});

afterAll(() => jupyter.stop());

describe.each(KERNELS)('code in %s', (word, spec, language, kinds) => {
  let kernel: Kernel.IKernelConnection;

  beforeAll(async () => {
    kernel = await jupyter.kernel(spec);
  });

  afterAll(() => kernel.shutdown());

  it('does in the manual what the manual says', async () => {
    const example = new RegExp(
      `\`\`\`${word}\\n([^]*?)\`\`\`\\n\\n\`\`\`text\\n([^]*?)\`\`\``
    ).exec(PAGE)!;
    const files = [];
    for (const name of ['0.csv', '1.csv', '2.csv']) {
      const path = await jupyter.write(name, 'channel,gain\n1,2\n2,3\n');
      files.push({ path, pfn: null, did: `demo:${name}`, size: 25 });
    }
    const link = await language.connect(kernel);
    const { problems } = await link.inject([
      {
        type: 'file',
        variableName: 'constants',
        did: 'demo:0.csv',
        didAvailable: true,
        files: files.slice(0, 1)
      },
      {
        type: 'collection',
        variableName: 'events',
        did: 'demo:events',
        didAvailable: true,
        files
      }
    ]);
    expect([...problems]).toEqual([]);
    const said = await output(kernel, example[1]);
    expect(said.replace(/ +$/gm, '').trim()).toBe(example[2].trim());
    link.dispose();
  });

  it.each(kinds)('reads a .%s file, and two of them', async kind => {
    const [text, seen] = FILES[kind];
    // A name in which nothing may be taken for code.
    const path = await jupyter.write(`it's "$a" \`b\`.${kind}`, text);
    const about = { did: `demo:a.${kind}` };
    const file = language.snippet({
      ...about,
      type: 'file',
      variableName: `one_${kind}`,
      value: path
    });
    expect(await output(kernel, file!)).toMatch(seen);
    const both = language.snippet({
      ...about,
      type: 'collection',
      variableName: `two_${kind}`,
      value: [path, path]
    });
    expect(await output(kernel, both!)).toMatch(seen);
  });
});

/** What stands below a cell. */
async function output(
  kernel: Kernel.IKernelConnection,
  code: string
): Promise<string> {
  let said = '';
  const future = kernel.requestExecute({ code }, false);
  future.onIOPub = ({ header, content }) => {
    if (header.msg_type === 'stream') {
      said += (content as { text: string }).text;
    } else if (/execute_result|display_data/.test(header.msg_type)) {
      const { data } = content as { data: Record<string, string> };
      // Deno's colours and quotes.
      // eslint-disable-next-line no-control-regex -- a colour begins with one
      said += data['text/plain'].replace(/\u001b\[\d+m|"/g, '');
    }
  };
  const { content } = await future.done;
  expect([code, content.status]).toEqual([code, 'ok']);
  // What Deno shows may come after it has said that it is done.
  await until(() => said !== '');
  future.dispose();
  return said;
}
