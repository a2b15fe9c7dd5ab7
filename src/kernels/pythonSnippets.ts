import { pythonString } from './evaluate';
import type { ISnippetFormat, ISnippetSubject } from './kernel';
import { type IReader, readerSnippet } from './readers';

/** A reader of tables, which pandas has one function for each kind of. */
function pandas(
  id: string,
  displayName: string,
  extensions: readonly string[],
  call: (path: string) => string
): IReader {
  return {
    id,
    displayName,
    extensions,
    imports: ['import pandas as pd'],
    file: call('x'),
    collection: `pd.concat(${call('file')} for file in x)`
  };
}

const READERS: readonly IReader[] = [
  {
    id: 'root',
    displayName: 'ROOT',
    extensions: ['root'],
    imports: ['import uproot'],
    file: 'with uproot.open(x) as root:\n    print(root.keys())',
    collection:
      'with uproot.open(x[0]) as root:\n    print(root.keys())\n\n' +
      '# all of them at once, by the name of a tree from above:\n' +
      '# events = uproot.concatenate([f"{file}:events" for file in x])'
  },
  pandas(
    'csv',
    'CSV',
    ['csv', 'csv.gz', 'csv.bz2', 'csv.xz', 'csv.zst'],
    path => `pd.read_csv(${path})`
  ),
  pandas(
    'tsv',
    'TSV',
    ['tsv', 'tsv.gz'],
    path => `pd.read_csv(${path}, sep="\\t")`
  ),
  pandas(
    'parquet',
    'Parquet',
    ['parquet', 'pq'],
    path => `pd.read_parquet(${path})`
  ),
  {
    id: 'hdf5',
    displayName: 'HDF5',
    extensions: ['h5', 'hdf5', 'hdf', 'he5'],
    imports: ['import h5py'],
    file: 'with h5py.File(x) as h5:\n    h5.visit(print)',
    collection:
      'for file in x:\n    with h5py.File(file) as h5:\n        h5.visit(print)'
  },
  {
    id: 'fits',
    displayName: 'FITS',
    extensions: ['fits', 'fits.gz', 'fits.fz', 'fit', 'fts'],
    imports: ['from astropy.io import fits'],
    file: 'with fits.open(x) as hdus:\n    hdus.info()',
    collection:
      'for file in x:\n    with fits.open(file) as hdus:\n        hdus.info()'
  },
  {
    id: 'json',
    displayName: 'JSON',
    extensions: ['json'],
    imports: ['import json'],
    file: 'with open(x) as file:\n    content = json.load(file)\ncontent',
    collection:
      'contents = []\nfor path in x:\n    with open(path) as file:\n        contents.append(json.load(file))\ncontents[0]'
  },
  pandas(
    'jsonl',
    'JSON Lines',
    ['jsonl', 'ndjson', 'jsonl.gz'],
    path => `pd.read_json(${path}, lines=True)`
  ),
  {
    id: 'numpy',
    displayName: 'NumPy',
    extensions: ['npy', 'npz'],
    imports: ['import numpy as np'],
    file: 'np.load(x)',
    collection: 'arrays = [np.load(file) for file in x]\narrays[0]'
  },
  {
    id: 'text',
    displayName: 'Text',
    extensions: ['txt', 'md', 'log', 'dat', 'yaml', 'yml', 'xml'],
    imports: [],
    file: 'with open(x) as file:\n    print(file.read(1000))',
    collection:
      'for path in x:\n    with open(path) as file:\n        print(path, file.readline())'
  },
  {
    id: 'plain',
    displayName: 'Bytes',
    extensions: [],
    imports: [],
    file: 'with open(x, "rb") as file:\n    print(file.read(200))',
    collection: 'for file in x:\n    print(file)'
  }
];

/** The formats that Python code is known for. */
export const PYTHON_FORMATS: readonly ISnippetFormat[] = READERS;

/** Python code that reads data, by the extension of its file or of an example. */
export function pythonSnippet(subject: ISnippetSubject): string {
  return readerSnippet(READERS, subject, {
    comment: '#',
    assign: (name, value) => `${name} = ${pythonLiteral(value)}`
  });
}

/** A text or a list of texts as Python; a list has a line for each. */
export function pythonLiteral(value: string | readonly string[]): string {
  if (typeof value === 'string') {
    return pythonString(value);
  }
  if (value.length < 2) {
    return `[${value.map(pythonString).join('')}]`;
  }
  return `[\n${value.map(text => `    ${pythonString(text)},\n`).join('')}]`;
}
