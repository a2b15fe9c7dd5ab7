/// <reference types="node" />
import { execFileSync } from 'child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';

import { nullTranslator } from '@jupyterlab/translation';

import { PythonLanguage } from '../../kernels/python';
import {
  didSnippet,
  exampleFile,
  formatOf,
  type IDidSnippetSubject
} from '../../kernels/snippets';
import { ScriptedApi } from '../scripted';

const trans = nullTranslator.load('rucio-jupyterlab');
const python = new PythonLanguage();

function snippet(subject: IDidSnippetSubject): string {
  return didSnippet(subject, python, trans) ?? '';
}

/** Writes one small file of each kind, with the libraries that the snippets read them with. */
const WRITE_SAMPLES = `
import numpy as np, pandas as pd, h5py, uproot
from astropy.io import fits
table = pd.DataFrame({"mass": [91.1, 91.2]})
with uproot.recreate("events.root") as root: root["events"] = {"mass": np.array([91.1])}
table.to_csv("table.csv"); table.to_csv("table.csv.gz"); table.to_csv("table.tsv", sep="\\t")
table.to_parquet("table.parquet")
table.to_json("table.jsonl", orient="records", lines=True)
table.to_json("table.json")
np.save("array.npy", np.arange(3)); np.savez("arrays.npz", a=np.arange(3))
with h5py.File("signal.h5", "w") as h5: h5["strain"] = np.arange(3)
fits.PrimaryHDU(np.zeros((2, 2))).writeto("image.fits")
open("notes.txt", "w").write("calibrated\\n")
open("raw.dat0", "wb").write(b"\\x00\\x01")
`;

const SAMPLES = {
  'events.root': 'events',
  'table.csv': '91.2',
  'table.csv.gz': '91.2',
  'table.tsv': '91.2',
  'table.parquet': '91.2',
  'table.jsonl': '91.2',
  'table.json': '91.2',
  'array.npy': '[0, 1, 2]',
  'arrays.npz': 'NpzFile',
  'signal.h5': 'strain',
  'image.fits': 'PrimaryHDU',
  'notes.txt': 'calibrated',
  'raw.dat0': '\\x00\\x01'
};

describe('code that is run', () => {
  let folder: string;

  const run = (code: string): string =>
    execFileSync('python', ['-'], {
      cwd: folder,
      encoding: 'utf-8',
      input: code
    });
  /** Prints the value of each snippet's last line, as a notebook would. */
  const shown = (snippets: readonly string[]) =>
    run(`
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.colors = "nocolor"
for code in ${JSON.stringify(snippets)}:
    print("=====")
    shell.run_cell(code).raise_error()
`).split('=====\n');

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rucio-snippets-'));
    run(WRITE_SAMPLES);
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads a file of each kind by its path', () => {
    const names = Object.keys(SAMPLES);
    const [, ...outputs] = shown(
      names.map(name =>
        snippet({ did: `demo:${name}`, type: 'file', path: join(folder, name) })
      )
    );
    expect(outputs).toHaveLength(names.length);
    Object.values(SAMPLES).forEach((content, index) =>
      expect(outputs[index]).toContain(content)
    );
  }, 60_000);

  it('reads a collection of each kind by the paths of its files', () => {
    const names = Object.keys(SAMPLES);
    const [, ...outputs] = shown(
      names.map(name =>
        snippet({
          did: 'demo:all',
          type: 'dataset',
          example: `demo:${name}`,
          paths: [join(folder, name), join(folder, name)]
        })
      )
    );
    expect(outputs).toHaveLength(names.length);
    Object.entries(SAMPLES).forEach(([name, content], index) =>
      // Of what it does not know it prints the names.
      expect(outputs[index]).toContain(name === 'raw.dat0' ? name : content)
    );
  }, 60_000);

  it('reads paths that need quoting', () => {
    const path = join(folder, `it's "5\\%" of\ttable.csv`);
    writeFileSync(path, 'a\n17\n');
    const [, output] = shown([
      snippet({ did: 'demo:table.csv', type: 'file', path })
    ]);
    expect(output).toContain('17');
  }, 60_000);
});

describe('code for what cannot be read yet', () => {
  it('says in a comment what has to be done first', () => {
    const code = snippet({ did: 'demo:dimuon.root', type: 'file', path: null });
    expect(code).toMatch(/^# .*attach demo:dimuon.root .* as dimuon/);
    expect(code).toContain('uproot.open(dimuon)');
  });

  it('keeps a comment on one line, whatever the name of the DID', () => {
    const code = snippet({ did: 'demo:a\nimport os', type: 'file' });
    expect(code.split('\n').filter(line => /^import os/.test(line))).toEqual(
      []
    );
  });
});

describe('code for what is attached', () => {
  it('uses the variable', () => {
    const code = snippet({
      did: 'demo:table.csv',
      type: 'file',
      variableName: 'stars',
      path: '/eos/table.csv'
    });
    expect(code).toContain('pd.read_csv(stars)');
    expect(code).not.toContain('/eos');
  });
});

describe('the format', () => {
  it('is told by the extension, in any case, and by nothing else', () => {
    expect(formatOf('cms:/store/A.ROOT', python)?.displayName).toBe('ROOT');
    expect(formatOf('lofar:P200+52.csv', python)?.id).toBe('csv');
    expect(formatOf('demo:root', python)).toBeUndefined();
    expect(formatOf(null, python)).toBeUndefined();
  });

  it('may be chosen', () => {
    expect(
      snippet({ did: 'demo:a', type: 'dataset', format: 'fits' })
    ).toContain('astropy');
  });

  it('of a collection is told by one of its files', async () => {
    const api = new ScriptedApi();
    expect(await exampleFile(api, 'escape', 'demo:set')).toBeNull();
    api.fileItems = [
      { did: 'demo:f0.root', size: 1, path: null, pfn: null },
      { did: 'demo:f1.csv', size: 1, path: null, pfn: null }
    ];
    const example = await exampleFile(api, 'escape', 'demo:set');
    expect(snippet({ did: 'demo:set', type: 'dataset', example })).toContain(
      'uproot'
    );
  });
});
