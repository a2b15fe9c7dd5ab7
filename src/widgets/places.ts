import type { ConsolePanel } from '@jupyterlab/console';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { FileEditor } from '@jupyterlab/fileeditor';
import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import type { Widget } from '@lumino/widgets';

import type { AttachedNotebook } from '../kernels/attachedNotebook';
import type { IKernelLanguage, IKernelLanguages } from '../kernels/kernel';
import { usualLanguage } from '../kernels/snippets';
import type { IDidKey } from '../tokens';
import { insertBlock } from './editorText';

/** Somewhere that code can be put: a notebook, a console, a text file. */
export interface IPlace {
  readonly widget: Widget;
  readonly kind: 'notebook' | 'console' | 'file';
  /** The language that is spoken there, as far as it is one of ours. */
  language(): Promise<IKernelLanguage | undefined>;
  /** The variable under which a DID is attached there. */
  variableOf(key: IDidKey): string | undefined;
  /** Puts a text at the cursor, in place of what is selected. */
  insertText(text: string): void;
  /** Puts code where it stands on its own: in notebooks, in a cell. */
  insertCode(code: string): void;
}

export class NotebookPlace implements IPlace {
  constructor(
    readonly widget: NotebookPanel,
    private readonly _attached: AttachedNotebook | undefined,
    private readonly _languages: IKernelLanguages
  ) {}

  readonly kind = 'notebook';

  async language(): Promise<IKernelLanguage | undefined> {
    return this._attached
      ? this._attached.language
      : usualLanguage(this._languages);
  }

  variableOf({ instance, did }: IDidKey): string | undefined {
    return this._attached?.attachments.attachments.find(
      attachment =>
        attachment.did === did &&
        this._attached?.instanceOf(attachment) === instance
    )?.variableName;
  }

  insertText(text: string): void {
    const { content } = this.widget;
    const cell = content.activeCell;
    const isClosed =
      !cell?.editor ||
      cell.readOnly ||
      // What is drawn there is not what would be changed.
      cell.node.classList.contains('jp-mod-rendered');
    if (isClosed) {
      this.insertCode(text);
      return;
    }
    content.mode = 'edit';
    cell.editor?.replaceSelection?.(text);
    cell.editor?.focus();
  }

  insertCode(code: string): void {
    const { content } = this.widget;
    const cell = content.activeCell;
    const isFree =
      cell?.model.type === 'code' &&
      !cell.readOnly &&
      cell.model.sharedModel.getSource().trim() === '';
    if (!isFree) {
      NotebookActions.insertBelow(content);
    }
    content.activeCell?.model.sharedModel.setSource(code);
  }

  /** Puts code into a new cell before the one of this index. */
  insertCell(index: number, code: string): void {
    const { content } = this.widget;
    if (index < content.widgets.length) {
      content.activeCellIndex = index;
      NotebookActions.insertAbove(content);
    } else {
      content.activeCellIndex = content.widgets.length - 1;
      NotebookActions.insertBelow(content);
    }
    content.activeCell?.model.sharedModel.setSource(code);
  }
}

export class ConsolePlace implements IPlace {
  constructor(
    readonly widget: ConsolePanel,
    private readonly _languages: IKernelLanguages
  ) {}

  readonly kind = 'console';

  async language(): Promise<IKernelLanguage | undefined> {
    const kernel = this.widget.sessionContext.session?.kernel;
    if (!kernel) {
      return usualLanguage(this._languages);
    }
    const { language_info } = await kernel.info;
    return this._languages.get(language_info.name);
  }

  variableOf(): undefined {
    return undefined;
  }

  insertText(text: string): void {
    this.editor?.replaceSelection?.(text);
    this.editor?.focus();
  }

  insertCode(code: string): void {
    if (this.editor) {
      insertBlock(this.editor, this.editor.getCursorPosition(), code);
      this.editor.focus();
    }
  }

  get editor() {
    return this.widget.console.promptCell?.editor ?? null;
  }
}

/** The languages of text files that are ours. */
const MIME_TYPES: Readonly<Record<string, string>> = {
  'text/x-python': 'python',
  'text/x-ipython': 'python',
  'text/x-rsrc': 'r',
  'text/x-julia': 'julia',
  'text/x-c++src': 'c++',
  'text/javascript': 'javascript',
  'text/typescript': 'typescript',
  'text/x-sh': 'bash'
};

export class FilePlace implements IPlace {
  constructor(
    readonly widget: IDocumentWidget<FileEditor>,
    private readonly _languages: IKernelLanguages
  ) {}

  readonly kind = 'file';

  async language(): Promise<IKernelLanguage | undefined> {
    return this._languages.get(MIME_TYPES[this.editor.model.mimeType] ?? '');
  }

  variableOf(): undefined {
    return undefined;
  }

  insertText(text: string): void {
    this.editor.replaceSelection?.(text);
    this.editor.focus();
  }

  insertCode(code: string): void {
    insertBlock(this.editor, this.editor.getCursorPosition(), code);
    this.editor.focus();
  }

  get editor() {
    return this.widget.content.editor;
  }
}
