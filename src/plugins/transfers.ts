import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Clipboard, ICommandPalette, Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { asApiError } from '../api/errors';
import { CommandIDs } from '../commands';
import type { TransferAction } from '../components/transfers/transferActions';
import { errorText } from '../components/words';
import { JobItemsModel } from '../model/jobItems';
import { JobLogModel } from '../model/jobLog';
import { MovingRulesModel } from '../model/movingRules';
import { StorageModel } from '../model/storage';
import { type Transfer, TransfersModel } from '../model/transfers';
import {
  IAvailabilityModel,
  IInstancesModel,
  IJobsModel,
  IRucioApi,
  IRucioExplore,
  IRucioPanel,
  ITransfersModel
} from '../tokens';
import { launch } from '../widgets/focusedDialog';
import { JobLogDialog } from '../widgets/jobLogDialog';
import { TransferSelection } from '../widgets/transferSelection';
import {
  TransfersCaption,
  TransfersSectionWidget
} from '../widgets/transfersSection';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- menus need the commands at once
import { addTransferCommands } from './transferCommands';

const SECTION_ID = 'transfers';
const SECTION_RANK = 300;

/** The Transfers section, and the commands about what is in it. */
export const transfersPlugin: JupyterFrontEndPlugin<ITransfersModel> = {
  id: 'rucio-jupyterlab:transfers',
  description: 'Shows downloads, uploads and replications in the sidebar.',
  autoStart: true,
  requires: [
    IRucioApi,
    IInstancesModel,
    IAvailabilityModel,
    IJobsModel,
    IRucioPanel
  ],
  optional: [IRucioExplore, ICommandPalette, ITranslator],
  provides: ITransfersModel,
  activate: (
    app: JupyterFrontEnd,
    api: IRucioApi,
    instances: IInstancesModel,
    availability: IAvailabilityModel,
    jobs: IJobsModel,
    panel: IRucioPanel,
    explore: IRucioExplore | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('rucio-jupyterlab');
    const { commands } = app;
    const rules = new MovingRulesModel({ api, instances });
    const model = new TransfersModel({ jobs, availability, rules });
    const storage = new StorageModel({ api, instances, jobs });

    /** What was refused is said in its row; where nobody sees that, it is said aloud. */
    const tell = (work: Promise<unknown>): void => {
      work.catch((reason: unknown) => {
        if (!widget.isVisible) {
          const { message, hint } = errorText(asApiError(reason), trans);
          Notification.error(`${message} ${hint}`.trim());
        }
      });
    };
    const showLog = (id: string) =>
      launch(
        new JobLogDialog({
          title: jobs.get(id)?.job.title ?? id,
          model: new JobLogModel(api, id),
          onCopy: text => Clipboard.copyToSystem(text),
          trans
        })
      );

    const act = (transfer: Transfer, action: TransferAction) => {
      if (transfer.kind === 'job') {
        const { id, dids, instance } = transfer.entry.job;
        switch (action) {
          case 'cancel':
            return tell(jobs.cancel(id));
          case 'retry':
            return tell(jobs.retry(id));
          case 'attach':
            return void commands.execute(
              CommandIDs.attach,
              dids.length === 1
                ? { did: dids[0], instance }
                : { dids, instance }
            );
          default:
            return void commands.execute(CommandIDs.showDetails, {
              did: dids[0],
              instance
            });
        }
      }
      const { did, instance, value, isListed } = transfer;
      const about = { did, instance, ...(value.type && { type: value.type }) };
      switch (action) {
        case 'attach':
          return void commands.execute(CommandIDs.attach, about);
        case 'end-rule':
          return void commands
            .execute(CommandIDs.endRule, { ...about, rule: value.rule?.id })
            .then(() => rules.look());
        case 'show':
          return void commands.execute(CommandIDs.showDetails, about);
        default:
          // Where it does not lead to our destination, the page of its rules says it.
          return void commands.execute(
            isListed ? CommandIDs.showDetails : CommandIDs.explain,
            about
          );
      }
    };

    const widget = new TransfersSectionWidget({
      model,
      storage,
      instances,
      watchItems: id => new JobItemsModel(api, jobs, id),
      actions: {
        act,
        showLog: id => void showLog(id),
        clear: () => void commands.execute(CommandIDs.clearTransfers),
        upload: () => void commands.execute(CommandIDs.upload, { paths: [] })
      },
      trans
    });
    explore?.addSource(new TransferSelection(widget.node, model, availability));
    panel.addSection({
      id: SECTION_ID,
      title: trans.__('Transfers'),
      rank: SECTION_RANK,
      widget,
      caption: new TransfersCaption(model, trans),
      isClosed: true
    });
    // What moves is told beside the title, also while the section is closed.
    panel.visibilityChanged.connect((_, isVisible) => {
      if (isVisible) {
        void jobs.load();
      }
    }, model);

    // A tab that slept does not know what has moved meanwhile.
    const wake = () => void rules.look();
    document.addEventListener('visibilitychange', wake);
    window.addEventListener('online', wake);

    addTransferCommands(app, {
      model,
      tell,
      showLog,
      show: async () => {
        await commands.execute(CommandIDs.open);
        panel.expandSection(SECTION_ID);
      },
      trans
    });
    for (const command of [
      CommandIDs.showTransfers,
      CommandIDs.clearTransfers
    ]) {
      palette?.addItem({ command, category: trans.__('Rucio') });
    }
    return model;
  }
};
