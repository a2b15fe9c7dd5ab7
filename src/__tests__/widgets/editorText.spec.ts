import { CodeEditor } from '@jupyterlab/codeeditor';
import { CodeMirrorEditor, ybinding } from '@jupyterlab/codemirror';

import type { ISharedText } from '@jupyter/ydoc';
import type * as Y from 'yjs';

import { insertAt, insertBlock } from '../../widgets/editorText';

const INSERTION = { code: 'read(x)\nuse(x)', expression: '"/eos/f.root"' };

function editorWith(source: string): CodeMirrorEditor {
  const model = new CodeEditor.Model();
  model.sharedModel.setSource(source);
  const { ysource } = model.sharedModel as ISharedText & { ysource: Y.Text };
  return new CodeMirrorEditor({
    model,
    host: document.createElement('div'),
    extensions: [ybinding({ ytext: ysource })]
  });
}

/** The text after an insertion, with the cursor as |. */
function after(
  source: string,
  insert: (editor: CodeMirrorEditor) => void
): string {
  const editor = editorWith(source);
  insert(editor);
  const text = editor.model.sharedModel.getSource();
  const cursor = editor.getOffsetAt(editor.getCursorPosition());
  editor.dispose();
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

describe('what is dropped into a text', () => {
  const drop = (source: string, line: number, column: number) =>
    after(source, editor => insertAt(editor, { line, column }, INSERTION));

  it('is code in an empty one', () => {
    expect(drop('', 0, 0)).toBe('read(x)\nuse(x)|');
  });

  it('is an expression within a line', () => {
    expect(drop('open()', 0, 5)).toBe('open("/eos/f.root"|)');
  });

  it('is code on lines of their own behind a line, and before one', () => {
    expect(drop('a = 1\nb = 2', 0, 5)).toBe('a = 1\nread(x)\nuse(x)|\nb = 2');
    expect(drop('a = 1\nb = 2', 1, 0)).toBe('a = 1\nread(x)\nuse(x)\n|b = 2');
  });

  it('fills an empty line', () => {
    expect(drop('a = 1\n\nb = 2', 1, 0)).toBe('a = 1\nread(x)\nuse(x)|\nb = 2');
  });
});

describe('code that is inserted by command', () => {
  it('does not break the line that the cursor is in', () => {
    const position = { line: 0, column: 3 };
    expect(
      after('a = 1', editor => insertBlock(editor, position, INSERTION.code))
    ).toBe('a = 1\nread(x)\nuse(x)|');
  });
});
