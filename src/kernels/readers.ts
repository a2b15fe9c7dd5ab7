import type { ISnippetFormat, ISnippetSubject } from './kernel';
import { formatNamed, formatOf } from './snippetFormats';

/** How a format is read: one file, and many. `x` stands for the variable. */
export interface IReader extends ISnippetFormat {
  readonly imports: readonly string[];
  readonly file: string;
  readonly collection: string;
}

/** How a language writes what stands around the reading. */
export interface IReaderStyle {
  /** What a comment begins with. */
  readonly comment: string;
  readonly assign: (
    variableName: string,
    value: string | readonly string[]
  ) => string;
}

/**
 * Code that reads data, by the extension of its file or of an example.
 *
 * @param readers - the last one takes any file.
 */
export function readerSnippet(
  readers: readonly IReader[],
  subject: ISnippetSubject,
  { comment, assign }: IReaderStyle
): string {
  const { type, variableName, value, notes = [] } = subject;
  const reader = (formatNamed(readers, subject.format) ??
    formatOf(readers, subject.example) ??
    formatOf(readers, subject.did) ??
    readers[readers.length - 1]) as IReader;
  const code = reader[type].replace(/\bx\b/g, () => variableName);
  return [
    notes.map(note => `${comment} ${note.replace(/\s+/g, ' ')}`).join('\n'),
    reader.imports.join('\n'),
    value === undefined ? '' : assign(variableName, value),
    code
  ]
    .filter(part => part !== '')
    .join('\n\n');
}
