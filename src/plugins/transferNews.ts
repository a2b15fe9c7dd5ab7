import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import {
  ITranslator,
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';

import type { IJob } from '../api/types';
import { CommandIDs } from '../commands';
import { endWords } from '../components/transfers/endWords';
import { type IJobEnds, JobEndsModel } from '../model/jobEnds';
import { IJobsModel, IRucioSettings } from '../tokens';

/** Says when downloads and uploads have ended while the user did something else. */
export const transferNewsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'rucio-jupyterlab:transfer-news',
  description: 'Notifies when downloads and uploads have ended.',
  autoStart: true,
  requires: [IJobsModel, IRucioSettings],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    jobs: IJobsModel,
    settings: IRucioSettings,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('rucio-jupyterlab');
    const ends = new JobEndsModel(jobs);
    ends.gathered.connect((_, batch) => {
      if (!settings.isNotifying) {
        return;
      }
      const isWell = batch.failed.length === 0;
      Notification.emit(endWords(batch, trans), isWell ? 'success' : 'error', {
        // What failed stays until somebody has read it.
        autoClose: isWell ? undefined : false,
        actions: [nextStep(app, batch, trans)]
      });
    }, ends);
  }
};

/** The one thing that makes sense after it. */
function nextStep(
  { commands }: JupyterFrontEnd,
  { done, failed }: IJobEnds,
  trans: TranslationBundle
): Notification.IAction {
  const run = (command: string, args = {}) => {
    void commands.execute(command, args);
  };
  if (failed.length > 0) {
    return {
      label: trans.__('Why?'),
      callback: () =>
        failed.length === 1 && failed[0].error === null
          ? run(CommandIDs.showTransferLog, { job: failed[0].id })
          : run(CommandIDs.showTransfers, { job: failed[0].id })
    };
  }
  const [instance] = done.map(job => job.instance);
  const dids = didsOf(done);
  const canAttach =
    dids.length > 0 &&
    done.every(job => job.kind === 'download' && job.instance === instance);
  return canAttach
    ? {
        label: trans.__('Attach'),
        callback: () =>
          run(
            CommandIDs.attach,
            dids.length === 1 ? { did: dids[0], instance } : { dids, instance }
          )
      }
    : {
        label: trans.__('Show'),
        callback: () => run(CommandIDs.showTransfers)
      };
}

function didsOf(jobs: readonly IJob[]): string[] {
  return [...new Set(jobs.flatMap(job => job.dids))];
}
