import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { AttachmentsModel } from '../kernels/attachmentsModel';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the model needs it at once
import { Resolver } from '../kernels/resolver';
import { NotebookAttachments } from '../model/attachments';
import {
  IAttachmentsModel,
  IAvailabilityModel,
  IInstancesModel,
  IKernelLanguages,
  IRucioApi
} from '../tokens';

/** Follows the open notebooks and keeps their variables in their kernels. */
export const attachmentsPlugin: JupyterFrontEndPlugin<IAttachmentsModel> = {
  id: 'rucio-jupyterlab:attachments',
  description:
    'Provides what is attached to notebooks, and keeps it in their kernels.',
  autoStart: true,
  requires: [
    INotebookTracker,
    IRucioApi,
    IInstancesModel,
    IAvailabilityModel,
    IKernelLanguages
  ],
  optional: [ITranslator],
  provides: IAttachmentsModel,
  activate: (
    _: JupyterFrontEnd,
    tracker: INotebookTracker,
    api: IRucioApi,
    instances: IInstancesModel,
    availability: IAvailabilityModel,
    languages: IKernelLanguages,
    translator: ITranslator | null
  ): IAttachmentsModel => {
    const trans = (translator ?? nullTranslator).load('rucio-jupyterlab');
    const resolver = new Resolver(api, instances);
    const model = new AttachmentsModel();
    const showCurrent = () => {
      const panel = tracker.currentWidget;
      model.setCurrent((panel && model.of(panel.sessionContext)) ?? null);
    };

    const follow = async (panel: NotebookPanel): Promise<void> => {
      const [{ AttachedNotebook }] = await Promise.all([
        import('../kernels/attachedNotebook'),
        panel.context.ready
      ]);
      if (panel.isDisposed || !panel.content.model) {
        return;
      }
      const notebook = new AttachedNotebook({
        sessionContext: panel.sessionContext,
        attachments: new NotebookAttachments(panel.content.model),
        resolver,
        languages,
        instances,
        availability,
        trans
      });
      model.add(notebook);
      panel.disposed.connect(() => {
        model.remove(notebook);
        notebook.dispose();
      });
      showCurrent();
    };

    tracker.forEach(panel => void follow(panel));
    tracker.widgetAdded.connect((_, panel) => void follow(panel));
    tracker.currentChanged.connect(showCurrent);
    return model;
  }
};
