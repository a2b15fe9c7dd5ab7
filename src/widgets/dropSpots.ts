import type { CodeEditor } from '@jupyterlab/codeeditor';

import { insertAt, type IInsertion, replace } from './editorText';
import { ConsolePlace, FilePlace, type IPlace, NotebookPlace } from './places';

/** Where something that is dropped would go. */
export interface ISpot {
  readonly place: IPlace;
  /** What shows it: a line between cells, or a caret in a text; in pixels of the window. */
  readonly mark: IMark;
  drop(insertion: IInsertion): void;
}

export interface IMark {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** So near to its edge, in pixels, what is dropped on a cell goes beside it. */
const EDGE = 6;
/** The thickness of a mark, in pixels. */
const THICKNESS = 3;

/** The spot of a place under a point of the window; null where nothing can be dropped. */
export function spotAt(
  place: IPlace,
  node: Node,
  x: number,
  y: number
): ISpot | null {
  if (place instanceof NotebookPlace) {
    return inNotebook(place, node, x, y);
  }
  if (place instanceof ConsolePlace) {
    const { editor } = place;
    return editor && inText(place, editor, x, y, insertAt);
  }
  if (place instanceof FilePlace) {
    // A file is text first: it gets the name of the data, and no program.
    return inText(place, place.editor, x, y, (editor, position, insertion) =>
      replace(editor, position, insertion.expression)
    );
  }
  return null;
}

function inNotebook(
  place: NotebookPlace,
  node: Node,
  x: number,
  y: number
): ISpot | null {
  const { content } = place.widget;
  if (!content.node.contains(node)) {
    return null;
  }
  const cells = content.widgets;
  const index = cells.findIndex(cell => cell.node.contains(node));
  if (index < 0) {
    // Beside the cells, or below the last of them.
    const next = cells.findIndex(
      cell => cell.isAttached && cell.node.getBoundingClientRect().bottom > y
    );
    return betweenCells(place, next < 0 ? cells.length : next);
  }
  const cell = cells[index];
  const box = cell.node.getBoundingClientRect();
  if (y < box.top + EDGE) {
    return betweenCells(place, index);
  }
  const editor = cell.editor;
  const isText =
    editor !== null &&
    !cell.readOnly &&
    cell.model.type === 'code' &&
    editor.host.contains(node);
  return isText && y <= box.bottom - EDGE
    ? inText(place, editor, x, y, insertAt, () => {
        content.activeCellIndex = index;
        content.mode = 'edit';
      })
    : betweenCells(place, index + 1);
}

/** Before the cell of this index, or behind the last one. */
function betweenCells(place: NotebookPlace, index: number): ISpot {
  const { content } = place.widget;
  const cells = content.widgets;
  const isEnd = index >= cells.length;
  const neighbour = cells[isEnd ? cells.length - 1 : index];
  const box = (neighbour ?? content).node.getBoundingClientRect();
  return {
    place,
    mark: {
      left: box.left,
      top: (isEnd && neighbour ? box.bottom : box.top) - THICKNESS / 2,
      width: box.width,
      height: THICKNESS
    },
    drop: ({ code }) => place.insertCell(index, code)
  };
}

function inText(
  place: IPlace,
  editor: CodeEditor.IEditor,
  x: number,
  y: number,
  insert: (
    editor: CodeEditor.IEditor,
    position: CodeEditor.IPosition,
    insertion: IInsertion
  ) => void,
  before: () => void = () => undefined
): ISpot | null {
  // Only left and top are read.
  const point = { left: x, top: y, right: x, bottom: y, width: 0, height: 0 };
  const position = positionAt(editor, point as CodeEditor.ICoordinate);
  const caret = editor.getCoordinateForPosition(position);
  return {
    place,
    mark: {
      left: (caret?.left ?? x) - THICKNESS / 2,
      top: caret?.top ?? y,
      width: THICKNESS,
      height: caret ? caret.bottom - caret.top : 16
    },
    drop: insertion => {
      before();
      insert(editor, position, insertion);
      editor.focus();
    }
  };
}

/** The position under a point; below the text, its end. */
function positionAt(
  editor: CodeEditor.IEditor,
  point: CodeEditor.ICoordinate
): CodeEditor.IPosition {
  try {
    const position = editor.getPositionForCoordinate(point);
    if (position) {
      return position;
    }
  } catch {
    // CodeMirror has no position outside of its text, and the editor does not expect that.
  }
  const line = editor.lineCount - 1;
  return { line, column: editor.getLine(line)?.length ?? 0 };
}
