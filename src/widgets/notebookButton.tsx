import type { ISessionContext } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, ToolbarButtonComponent } from '@jupyterlab/ui-components';
import React from 'react';

import { captionWords, summaryWords } from '../components/attachmentWords';
import { useSignal } from '../components/signals';
import { rucioIcon } from '../icons';
import type { AttachedNotebook } from '../kernels/attachedNotebook';
import type { IAttachmentsModel } from '../tokens';
import { notebookSummary } from './notebookSection';

/** The button in a notebook's toolbar: how its attachments are, in a word. */
export class NotebookButton extends ReactWidget {
  constructor(options: NotebookButton.IOptions) {
    super();
    this._options = options;
    this.addClass('jp-RucioToolbar');
  }

  protected override render(): JSX.Element {
    return <ButtonOf {...this._options} />;
  }

  private readonly _options: NotebookButton.IOptions;
}

export namespace NotebookButton {
  export interface IOptions {
    model: IAttachmentsModel;
    sessionContext: ISessionContext;
    onClick: () => void;
    trans: TranslationBundle;
  }
}

/** Nothing before the notebook has been read: a toolbar is made earlier than that. */
function ButtonOf(props: NotebookButton.IOptions): JSX.Element | null {
  const { model, sessionContext } = props;
  useSignal(model.added);
  const notebook = model.of(sessionContext);
  return notebook ? <Summary {...props} notebook={notebook} /> : null;
}

function Summary(
  props: NotebookButton.IOptions & { notebook: AttachedNotebook }
): JSX.Element {
  const { notebook, onClick, trans } = props;
  useSignal(notebook.changed);
  const summary = notebookSummary(notebook);
  const { word, tone } = summaryWords(summary, trans);
  return (
    <span data-tone={tone} data-summary={summary.kind}>
      <ToolbarButtonComponent
        icon={rucioIcon}
        label={word || undefined}
        tooltip={
          word
            ? captionWords(trans.__('Data from Rucio'), summary, trans)
            : trans.__('Attach data from Rucio')
        }
        onClick={onClick}
      />
    </span>
  );
}
