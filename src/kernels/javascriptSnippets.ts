import type { ISnippetFormat, ISnippetSubject } from './kernel';
import { type IReader, readerSnippet } from './readers';

const FS = 'const fs = await import("node:fs");';

/** An expression for a file's content, and the list of them for a collection. */
function content(
  id: string,
  displayName: string,
  extensions: readonly string[],
  imports: readonly string[],
  read: (path: string) => string
): IReader {
  return {
    id,
    displayName,
    extensions,
    imports,
    file: read('x'),
    collection: `x.map((file) => ${read('file')})`
  };
}

const READERS: readonly IReader[] = [
  content(
    'json',
    'JSON',
    ['json'],
    [FS],
    path => `JSON.parse(fs.readFileSync(${path}, "utf8"))`
  ),
  content(
    'jsonl',
    'JSON Lines',
    ['jsonl', 'ndjson'],
    [FS],
    path =>
      `fs.readFileSync(${path}, "utf8").trim().split("\\n").map((line) => JSON.parse(line))`
  ),
  content(
    'csv',
    'CSV',
    ['csv'],
    [FS],
    path =>
      `fs.readFileSync(${path}, "utf8").trim().split("\\n").map((row) => row.split(","))`
  ),
  {
    id: 'root',
    displayName: 'ROOT',
    extensions: ['root'],
    imports: ['const { openFile } = await import("npm:jsroot");'],
    file: '(await openFile(x)).fKeys.map((key) => key.fName)',
    collection: '(await openFile(x[0])).fKeys.map((key) => key.fName)'
  },
  content(
    'text',
    'Text',
    ['txt', 'md', 'log', 'dat', 'yaml', 'yml', 'xml', 'tsv'],
    [FS],
    path => `fs.readFileSync(${path}, "utf8").slice(0, 1000)`
  ),
  content(
    'plain',
    'Bytes',
    [],
    [FS],
    path => `fs.readFileSync(${path}).subarray(0, 200)`
  )
];

/** The formats that JavaScript code is known for. */
export const JAVASCRIPT_FORMATS: readonly ISnippetFormat[] = READERS;

/** JavaScript code that reads data. */
export function javascriptSnippet(subject: ISnippetSubject): string {
  return readerSnippet(READERS, subject, {
    comment: '//',
    assign: (name, value) => `const ${name} = ${javascriptLiteral(value)};`
  });
}

/** A text or a list of texts as JavaScript; a list has a line for each. */
export function javascriptLiteral(value: string | readonly string[]): string {
  return JSON.stringify(value, null, 2);
}
