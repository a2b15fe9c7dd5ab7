import type { ISnippetFormat, ISnippetSubject } from './kernel';
import { type IReader, readerSnippet } from './readers';

/** One command for a file, and the same for each of a collection's. */
function command(
  id: string,
  displayName: string,
  extensions: readonly string[],
  run: (path: string) => string
): IReader {
  return {
    id,
    displayName,
    extensions,
    imports: [],
    file: run('"$x"'),
    collection: `for file in "\${x[@]}"; do\n  ${run('"$file"')}\ndone`
  };
}

const READERS: readonly IReader[] = [
  command('root', 'ROOT', ['root'], path => `rootls -l ${path}`),
  command('csv', 'CSV', ['csv', 'tsv'], path => `head -n 5 ${path}`),
  command(
    'gzip',
    'gzip',
    ['gz', 'csv.gz', 'tsv.gz', 'jsonl.gz'],
    path => `zcat ${path} | head -n 5`
  ),
  command('hdf5', 'HDF5', ['h5', 'hdf5', 'hdf', 'he5'], path => `h5ls ${path}`),
  command('json', 'JSON', ['json'], path => `jq . ${path} | head -n 20`),
  command(
    'text',
    'Text',
    ['txt', 'md', 'log', 'dat', 'yaml', 'yml', 'xml', 'jsonl', 'ndjson'],
    path => `head -n 5 ${path}`
  ),
  command('plain', 'Bytes', [], path => `ls -l ${path}`)
];

/** The formats that commands are known for. */
export const BASH_FORMATS: readonly ISnippetFormat[] = READERS;

/** bash code that reads data. */
export function bashSnippet(subject: ISnippetSubject): string {
  return readerSnippet(READERS, subject, {
    comment: '#',
    assign: (name, value) => `${name}=${bashLiteral(value)}`
  });
}

/** A text or a list of texts as bash; a list has a line for each. */
export function bashLiteral(value: string | readonly string[]): string {
  if (typeof value === 'string') {
    return bashString(value);
  }
  return value.length < 2
    ? `(${value.map(bashString).join('')})`
    : `(\n${value.map(text => `  ${bashString(text)}\n`).join('')})`;
}

/** A text in single quotes, in which bash reads nothing. */
export function bashString(text: string): string {
  return `'${text.replace(/'/g, `'\\''`)}'`;
}
