import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Dialog,
  ICommandPalette,
  Notification,
  showDialog
} from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { downloadIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { asApiError } from '../api/errors';
import { CommandIDs, INSTANCE_ARGS_SCHEMA } from '../commands';
import { amountWords } from '../components/planWords';
import { formatBytes } from '../components/format';
import { errorText } from '../components/words';
import { CopiesModel } from '../model/copies';
import {
  IAvailabilityModel,
  IInstancesModel,
  IRucioApi,
  IRucioExplore,
  IRucioSettings
} from '../tokens';
import { CopiesDialog } from '../widgets/copiesDialog';
import { launch } from '../widgets/focusedDialog';
import { lazyMaker } from './lazyMaker';
import { DIDS_ARGS_SCHEMA, targetsOf } from './targets';

/** JupyterLab's own command; in Notebook 7 it is on the page of the files only. */
const GO_TO_PATH = 'filebrowser:go-to-path';

/** Brings data to the server's disk, and lets go of it again. */
export const downloadPlugin: JupyterFrontEndPlugin<void> = {
  id: 'rucio-jupyterlab:download',
  description: 'Adds the commands that download DIDs and delete local copies.',
  autoStart: true,
  requires: [
    IRucioApi,
    IInstancesModel,
    IAvailabilityModel,
    IRucioExplore,
    IRucioSettings
  ],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    api: IRucioApi,
    instances: IInstancesModel,
    availability: IAvailabilityModel,
    explore: IRucioExplore,
    settings: IRucioSettings,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('rucio-jupyterlab');
    const { commands } = app;
    const maker = lazyMaker(app, instances, availability, settings, trans);
    const targets = (args: ReadonlyPartialJSONObject) =>
      targetsOf(args, instances, explore);
    const modeOf = (args: ReadonlyPartialJSONObject) => {
      const meant = targets(args);
      const instance = meant && instances.get(meant.instance);
      return instance?.can_download ? instance.mode : null;
    };
    /** What is known of the one DID that is meant. */
    const known = (args: ReadonlyPartialJSONObject) => {
      const meant = targets(args);
      return meant?.items.length === 1
        ? {
            instance: meant.instance,
            did: meant.items[0].did,
            value: availability.get(meant.instance, meant.items[0].did)
          }
        : null;
    };
    const fail = (reason: unknown) => {
      const { message, hint } = errorText(asApiError(reason), trans);
      Notification.error(`${message} ${hint}`.trim());
    };

    commands.addCommand(CommandIDs.download, {
      label: trans.__('Download'),
      caption: trans.__('Download the data to the disk of this server'),
      icon: downloadIcon,
      describedBy: { args: DIDS_ARGS_SCHEMA },
      isEnabled: args => modeOf(args) !== null,
      // Where that is how data is made available, the menu has it already.
      isVisible: args => modeOf(args) === 'replica',
      execute: async args => {
        const meant = targets(args);
        if (meant !== null) {
          await (await maker()).download(meant);
        }
      }
    });

    commands.addCommand(CommandIDs.cancelDownload, {
      label: trans.__('Cancel Download'),
      caption: trans.__('What has arrived whole stays'),
      describedBy: { args: DIDS_ARGS_SCHEMA },
      isEnabled: args => Boolean(known(args)?.value?.job_id),
      execute: async args => {
        const meant = known(args);
        if (meant?.value?.job_id) {
          try {
            await api.endJob(meant.value.job_id);
          } catch (reason) {
            fail(reason);
          }
          availability.refresh(meant.instance);
        }
      }
    });

    commands.addCommand(CommandIDs.deleteCopy, {
      label: trans.__('Delete Local Copy…'),
      caption: trans.__(
        'Free the room on the disk; the data lake keeps its own'
      ),
      describedBy: { args: DIDS_ARGS_SCHEMA },
      isEnabled: args => Boolean(known(args)?.value?.local),
      execute: async args => {
        const meant = known(args);
        const local = meant?.value?.local;
        if (!meant || !local) {
          return;
        }
        const { button } = await showDialog({
          title: trans.__('Delete the local copy?'),
          body: trans.__(
            '%1 in %2 will be deleted from the disk of this server. Notebooks that read it there will not find it any more. The data lake keeps its copies.',
            amountWords(local.files, local.bytes, trans),
            local.path
          ),
          buttons: [
            Dialog.cancelButton({ label: trans.__('Cancel') }),
            Dialog.warnButton({ label: trans.__('Delete') })
          ]
        });
        if (!button.accept) {
          return;
        }
        try {
          const freed = await api.deleteCopy(meant.instance, meant.did);
          Notification.success(
            trans.__('%1: %2 are free again.', meant.did, formatBytes(freed)),
            { autoClose: 5000 }
          );
        } catch (reason) {
          fail(reason);
        }
        availability.plans.forget(meant.instance);
        availability.refresh(meant.instance);
      }
    });

    const canHaveCopies = (args: ReadonlyPartialJSONObject) =>
      instanceOf(args)?.can_download ?? false;
    const instanceOf = ({ instance }: ReadonlyPartialJSONObject) =>
      typeof instance === 'string' ? instances.get(instance) : instances.active;

    commands.addCommand(CommandIDs.showCopies, {
      label: trans.__('Local Copies…'),
      caption: trans.__('What downloads have left on the disk of this server'),
      describedBy: { args: INSTANCE_ARGS_SCHEMA },
      isEnabled: canHaveCopies,
      isVisible: canHaveCopies,
      execute: async args => {
        await instances.load();
        const instance = instanceOf(args);
        if (!instance?.can_download) {
          return;
        }
        const model = new CopiesModel(api, instance.name);
        const answer = await launch(
          new CopiesDialog({
            model,
            displayName: instance.display_name,
            canOpen: commands.hasCommand(GO_TO_PATH),
            trans
          })
        );
        availability.plans.forget(instance.name);
        availability.refresh(instance.name);
        if (answer.value) {
          await commands.execute(GO_TO_PATH, { path: answer.value });
        }
      }
    });

    const ids = [
      CommandIDs.download,
      CommandIDs.cancelDownload,
      CommandIDs.deleteCopy,
      CommandIDs.showCopies
    ];
    for (const command of ids) {
      palette?.addItem({ command, category: trans.__('Rucio') });
    }
    const onChanged = () =>
      ids.forEach(id => commands.notifyCommandChanged(id));
    explore.selectionChanged.connect(onChanged, commands);
    instances.changed.connect(onChanged, commands);
  }
};
