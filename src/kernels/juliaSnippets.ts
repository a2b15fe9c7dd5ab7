import type { ISnippetFormat, ISnippetSubject } from './kernel';
import { type IReader, readerSnippet } from './readers';

/** A reader, whose collections are read one by one. */
function reader(
  id: string,
  displayName: string,
  extensions: readonly string[],
  packages: string | null,
  read: (path: string) => string
): IReader {
  return {
    id,
    displayName,
    extensions,
    imports: packages ? [`using ${packages}`] : [],
    file: read('x'),
    collection: `[${read('file')} for file in x]`
  };
}

const READERS: readonly IReader[] = [
  reader('root', 'ROOT', ['root'], 'UnROOT', path => `ROOTFile(${path})`),
  reader(
    'csv',
    'CSV',
    ['csv', 'csv.gz', 'tsv', 'tsv.gz'],
    'CSV, DataFrames',
    path => `CSV.read(${path}, DataFrame)`
  ),
  reader(
    'parquet',
    'Parquet',
    ['parquet', 'pq'],
    'Parquet2, DataFrames',
    path => `DataFrame(Parquet2.Dataset(${path}))`
  ),
  reader(
    'hdf5',
    'HDF5',
    ['h5', 'hdf5', 'hdf', 'he5'],
    'HDF5',
    path => `h5open(keys, ${path})`
  ),
  reader(
    'fits',
    'FITS',
    ['fits', 'fits.gz', 'fit', 'fts'],
    'FITSIO',
    path => `FITS(${path})`
  ),
  reader('json', 'JSON', ['json'], 'JSON', path => `JSON.parsefile(${path})`),
  reader(
    'text',
    'Text',
    ['txt', 'md', 'log', 'dat', 'yaml', 'yml', 'xml', 'jsonl', 'ndjson'],
    null,
    path => `first(readlines(${path}), 5)`
  ),
  reader('plain', 'Bytes', [], null, path => `filesize(${path})`)
];

/** The formats that Julia code is known for. */
export const JULIA_FORMATS: readonly ISnippetFormat[] = READERS;

/** Julia code that reads data. */
export function juliaSnippet(subject: ISnippetSubject): string {
  return readerSnippet(READERS, subject, {
    comment: '#',
    assign: (name, value) => `${name} = ${juliaLiteral(value)}`
  });
}

/** A text or a list of texts as Julia; a list has a line for each. */
export function juliaLiteral(value: string | readonly string[]): string {
  if (typeof value === 'string') {
    return juliaString(value);
  }
  return value.length < 2
    ? `[${value.map(juliaString).join('')}]`
    : `[\n${value.map(text => `    ${juliaString(text)},\n`).join('')}]`;
}

/** What JSON escapes, Julia reads the same way; a dollar sign it would replace. */
function juliaString(text: string): string {
  return JSON.stringify(text).replace(/\$/g, '\\$');
}
