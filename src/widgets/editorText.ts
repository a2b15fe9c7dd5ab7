import type { CodeEditor } from '@jupyterlab/codeeditor';

/** What is put into a text: code that stands on its own, or an expression within a line. */
export interface IInsertion {
  readonly code: string;
  readonly expression: string;
}

/** Puts what suits the position: within a line an expression, elsewhere lines of their own. */
export function insertAt(
  editor: CodeEditor.IEditor,
  position: CodeEditor.IPosition,
  { code, expression }: IInsertion
): void {
  const line = editor.getLine(position.line) ?? '';
  if (position.column > 0 && position.column < line.length) {
    replace(editor, position, expression);
  } else {
    insertBlock(editor, position, code);
  }
}

/** Puts lines of their own: after the line of the position, or before where it is at its beginning. */
export function insertBlock(
  editor: CodeEditor.IEditor,
  { line, column }: CodeEditor.IPosition,
  code: string
): void {
  const text = editor.getLine(line) ?? '';
  if (text.trim() === '') {
    replace(editor, { line, column: text.length }, code);
  } else if (column === 0) {
    replace(editor, { line, column }, `${code}\n`);
  } else {
    replace(editor, { line, column: text.length }, `\n${code}`);
  }
}

/** Puts a text and the cursor behind it. */
export function replace(
  editor: CodeEditor.IEditor,
  position: CodeEditor.IPosition,
  text: string
): void {
  editor.setCursorPosition(position);
  editor.replaceSelection?.(text);
}
