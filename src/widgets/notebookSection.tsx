import { ReactWidget } from '@jupyterlab/ui-components';
import { type ISignal, Signal } from '@lumino/signaling';
import React from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';

import { captionWords } from '../components/attachmentWords';
import {
  type INotebookSectionProps,
  NotebookSection
} from '../components/NotebookSection';
import type { AttachedNotebook } from '../kernels/attachedNotebook';
import { type ISummary, type KernelState, summarise } from '../kernels/states';
import type { IAttachmentsModel, ISectionCaption } from '../tokens';

/** The section of the sidebar about the current notebook. */
export class NotebookSectionWidget extends ReactWidget {
  constructor(props: INotebookSectionProps) {
    super();
    this._props = props;
    this.addClass('jp-RucioNotebook-widget');
  }

  protected override render(): JSX.Element {
    return <NotebookSection {...this._props} />;
  }

  private readonly _props: INotebookSectionProps;
}

/** A notebook's attachments in a word; what cannot be read counts as failed. */
export function notebookSummary(notebook: AttachedNotebook): ISummary {
  const { attachments, injector } = notebook;
  return summarise(
    attachments.attachments.flatMap<KernelState>(
      attachment => injector.state(attachment) ?? []
    ),
    attachments.entries.filter(({ fault }) => fault !== null).length
  );
}

/** The words beside the section's title: the notebook and its sum. */
export class NotebookCaption implements ISectionCaption {
  constructor(model: IAttachmentsModel, trans: TranslationBundle) {
    this._model = model;
    this._trans = trans;
    model.changed.connect(() => {
      (this.changed as Signal<this, void>).emit();
    });
  }

  readonly changed: ISignal<this, void> = new Signal<this, void>(this);

  get text(): string {
    const notebook = this._model.current;
    return notebook
      ? captionWords(notebook.title, notebookSummary(notebook), this._trans)
      : '';
  }

  private readonly _model: IAttachmentsModel;
  private readonly _trans: TranslationBundle;
}
