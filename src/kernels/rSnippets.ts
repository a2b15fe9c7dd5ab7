import type { ISnippetFormat, ISnippetSubject } from './kernel';
import { type IReader, readerSnippet } from './readers';

/** A reader of tables, whose collections become one table. */
function table(
  id: string,
  displayName: string,
  extensions: readonly string[],
  read: string,
  library?: string
): IReader {
  return {
    id,
    displayName,
    extensions,
    imports: library ? [`library(${library})`] : [],
    file: `head(table <- ${read}(x))`,
    collection: `head(table <- do.call(rbind, lapply(x, ${read})))`
  };
}

const READERS: readonly IReader[] = [
  table('csv', 'CSV', ['csv', 'csv.gz', 'csv.bz2', 'csv.xz'], 'read.csv'),
  table('tsv', 'TSV', ['tsv', 'tsv.gz'], 'read.delim'),
  table('parquet', 'Parquet', ['parquet', 'pq'], 'read_parquet', 'arrow'),
  {
    id: 'hdf5',
    displayName: 'HDF5',
    extensions: ['h5', 'hdf5', 'hdf', 'he5'],
    imports: ['library(rhdf5)'],
    file: 'h5ls(x)',
    collection: 'for (file in x) print(h5ls(file))'
  },
  {
    id: 'root',
    displayName: 'ROOT',
    extensions: ['root'],
    imports: ['uproot <- reticulate::import("uproot")'],
    file: 'uproot$open(x)$keys()',
    collection: 'uproot$open(x[[1]])$keys()'
  },
  {
    id: 'fits',
    displayName: 'FITS',
    extensions: ['fits', 'fits.gz', 'fit', 'fts'],
    imports: ['library(FITSio)'],
    file: 'str(readFITS(x))',
    collection: 'for (file in x) str(readFITS(file))'
  },
  {
    id: 'json',
    displayName: 'JSON',
    extensions: ['json'],
    imports: [],
    file: 'str(content <- jsonlite::fromJSON(x))',
    collection: 'str(contents <- lapply(x, jsonlite::fromJSON))'
  },
  {
    id: 'rds',
    displayName: 'RDS',
    extensions: ['rds'],
    imports: [],
    file: 'str(content <- readRDS(x))',
    collection: 'str(contents <- lapply(x, readRDS))'
  },
  {
    id: 'text',
    displayName: 'Text',
    extensions: ['txt', 'md', 'log', 'dat', 'yaml', 'yml', 'xml'],
    imports: [],
    file: 'head(readLines(x))',
    collection: 'for (file in x) print(readLines(file, n = 1))'
  },
  {
    id: 'plain',
    displayName: 'Bytes',
    extensions: [],
    imports: [],
    file: 'readBin(x, "raw", 200)',
    collection: 'for (file in x) print(file)'
  }
];

/** The formats that R code is known for. */
export const R_FORMATS: readonly ISnippetFormat[] = READERS;

/** R code that reads data. */
export function rSnippet(subject: ISnippetSubject): string {
  return readerSnippet(READERS, subject, {
    comment: '#',
    assign: (name, value) => `${name} <- ${rLiteral(value)}`
  });
}

/** A text or a list of texts as R; a list has a line for each. */
export function rLiteral(value: string | readonly string[]): string {
  if (typeof value === 'string') {
    return rString(value);
  }
  return value.length < 2
    ? `c(${value.map(rString).join('')})`
    : `c(\n${value.map(text => `  ${rString(text)}`).join(',\n')}\n)`;
}

/** What JSON escapes, R reads the same way. */
function rString(text: string): string {
  return JSON.stringify(text);
}
