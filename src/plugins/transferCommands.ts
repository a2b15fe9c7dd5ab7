import type { JupyterFrontEnd } from '@jupyterlab/application';
import {
  Clipboard,
  Dialog,
  Notification,
  showDialog
} from '@jupyterlab/apputils';
import { URLExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { folderIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { IJob } from '../api/types';
import { CommandIDs, JOB_ARGS_SCHEMA } from '../commands';
import { movingIcon } from '../icons';
import { isActive, isUnfinished } from '../model/jobStates';
import { hasEnded, stateOf, type TransfersModel } from '../model/transfers';

/** JupyterLab's own command; in Notebook 7 it is on the page of the files only. */
const GO_TO_PATH = 'filebrowser:go-to-path';

interface IOptions {
  model: TransfersModel;
  /** Says what was refused, where nobody sees it otherwise. */
  tell: (work: Promise<unknown>) => void;
  showLog: (id: string) => Promise<unknown>;
  /** Opens the section. */
  show: () => Promise<void>;
  trans: TranslationBundle;
}

/** The commands that act on downloads and uploads. */
export function addTransferCommands(
  app: JupyterFrontEnd,
  options: IOptions
): void {
  const { model, tell, showLog, show, trans } = options;
  const { commands } = app;
  const { jobs } = model;

  /** The id of the transfer that is meant: in the arguments, or under the context menu. */
  const meantId = (args: ReadonlyPartialJSONObject): string | null => {
    const id =
      args.job ??
      app.contextMenuHitTest(node => 'transfer' in node.dataset)?.dataset
        .transfer;
    return typeof id === 'string' ? id : null;
  };
  const meant = (args: ReadonlyPartialJSONObject): IJob | undefined => {
    const id = meantId(args);
    return id === null ? undefined : jobs.get(id)?.job;
  };
  const isMeant =
    (test: (job: IJob) => boolean) => (args: ReadonlyPartialJSONObject) => {
      const job = meant(args);
      return job !== undefined && test(job);
    };
  const describedBy = { args: JOB_ARGS_SCHEMA };

  commands.addCommand(CommandIDs.showTransfers, {
    label: trans.__('Show Transfers'),
    caption: trans.__('Show what moves to and from the data lake'),
    icon: movingIcon,
    describedBy,
    execute: async args => {
      await show();
      if (typeof args.job === 'string') {
        model.reveal(args.job);
      }
    }
  });

  commands.addCommand(CommandIDs.cancelTransfer, {
    label: trans.__('Cancel'),
    caption: trans.__('Stop it; what has arrived whole stays'),
    describedBy,
    isVisible: isMeant(job => isActive(job) && job.is_here),
    isEnabled: isMeant(job => isActive(job) && job.is_here),
    execute: args => {
      const job = meant(args);
      if (job) {
        tell(jobs.cancel(job.id));
      }
    }
  });

  commands.addCommand(CommandIDs.retryTransfer, {
    label: trans.__('Retry'),
    caption: trans.__('Go on with what is missing'),
    describedBy,
    isVisible: isMeant(job => isUnfinished(job) && job.is_here),
    isEnabled: isMeant(job => isUnfinished(job) && job.is_here),
    execute: args => {
      const job = meant(args);
      if (job) {
        tell(jobs.retry(job.id));
      }
    }
  });

  commands.addCommand(CommandIDs.removeTransfer, {
    label: trans.__('Remove from List'),
    caption: trans.__('Forget it; the data stays where it is'),
    describedBy,
    isEnabled: args => {
      const id = meantId(args);
      const transfer = id === null ? undefined : model.find(id);
      return transfer !== undefined && hasEnded(transfer);
    },
    execute: args => {
      const id = meantId(args);
      const transfer = id === null ? undefined : model.find(id);
      if (transfer?.kind === 'rule') {
        model.forgetRule(transfer.id);
      } else if (transfer) {
        tell(jobs.remove(transfer.id));
      }
    }
  });

  commands.addCommand(CommandIDs.clearTransfers, {
    label: trans.__('Clear Finished Transfers'),
    caption: trans.__(
      'Remove what has ended from the list; the data stays where it is'
    ),
    describedBy: { args: { type: 'object', properties: {} } },
    execute: async () => {
      const unfinished = model.all.filter(
        one => one.kind === 'job' && stateOf(one) === 'trouble'
      ).length;
      if (unfinished === 0 || (await isClearMeant(unfinished, trans))) {
        tell(model.clear());
      }
    }
  });

  commands.addCommand(CommandIDs.showTransferLog, {
    label: trans.__('Show Log…'),
    caption: trans.__('Read what it did, step by step'),
    describedBy,
    isEnabled: isMeant(() => true),
    execute: async args => {
      const job = meant(args);
      if (job) {
        await showLog(job.id);
      }
    }
  });

  commands.addCommand(CommandIDs.openTransferFolder, {
    label: trans.__('Open Folder in File Browser'),
    caption: args =>
      meant(args)?.contents_path === null
        ? trans.__('It is not below the folder that Jupyter shows.')
        : trans.__('Show where the files are'),
    icon: folderIcon,
    describedBy,
    isEnabled: isMeant(job => job.contents_path !== null),
    execute: async args => {
      const path = meant(args)?.contents_path;
      if (typeof path !== 'string') {
        return;
      }
      const { contents, serverSettings } = app.serviceManager;
      try {
        // The command itself says nothing when there is no such folder.
        await contents.get(path, { content: false });
      } catch {
        Notification.error(trans.__('There is no folder %1.', path));
        return;
      }
      if (commands.hasCommand(GO_TO_PATH)) {
        await commands.execute(GO_TO_PATH, { path });
      } else {
        const url = URLExt.join(
          serverSettings.baseUrl,
          'tree',
          URLExt.encodeParts(path)
        );
        window.open(url, '_blank', 'noopener');
      }
    }
  });

  commands.addCommand(CommandIDs.copyTransferDids, {
    label: args =>
      (meant(args)?.dids.length ?? 0) > 1
        ? trans.__('Copy DIDs')
        : trans.__('Copy DID'),
    describedBy,
    isEnabled: isMeant(job => job.dids.length > 0),
    execute: args =>
      Clipboard.copyToSystem((meant(args)?.dids ?? []).join('\n'))
  });
}

/** What has failed can be tried again only while it is in the list. */
async function isClearMeant(
  unfinished: number,
  trans: TranslationBundle
): Promise<boolean> {
  const answer = await showDialog({
    title: trans.__('Clear all that has ended?'),
    body: trans._n(
      '%2 of them did not finish, and can be tried again only while it is in the list.',
      '%2 of them did not finish, and can be tried again only while they are in the list.',
      unfinished,
      unfinished
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label: trans.__('Clear') })
    ]
  });
  return answer.button.accept;
}
