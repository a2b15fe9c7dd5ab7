import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { refreshIcon } from '@jupyterlab/ui-components';

import { asApiError } from '../api/errors';
import { CommandIDs } from '../commands';
import { reloadWords } from '../components/reloadWords';
import { errorText } from '../components/words';
import { IAvailabilityModel, IInstancesModel, IRucioExplore } from '../tokens';

/** Long enough for a few names to be read. */
const SHOWN_MS = 8_000;

/** Looking again, and having the server read its configuration again. */
export const configurationPlugin: JupyterFrontEndPlugin<void> = {
  id: 'rucio-jupyterlab:configuration',
  description:
    'Adds the commands that look again and reload the configuration.',
  autoStart: true,
  requires: [IInstancesModel, IAvailabilityModel, IRucioExplore],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    instances: IInstancesModel,
    availability: IAvailabilityModel,
    explore: IRucioExplore,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('rucio-jupyterlab');
    const { commands } = app;
    const describedBy = {
      args: { type: 'object' as const, properties: {} }
    };
    const repeat = () => {
      explore.retry();
      availability.refresh();
    };

    commands.addCommand(CommandIDs.refresh, {
      label: trans.__('Look at Rucio Again'),
      caption: trans.__(
        'Look again at the credentials, the connection and what is shown'
      ),
      icon: refreshIcon,
      describedBy,
      execute: async () => {
        await instances.refresh();
        repeat();
      }
    });

    commands.addCommand(CommandIDs.reloadConfiguration, {
      label: trans.__('Reload Rucio Configuration'),
      caption: trans.__(
        'Have the Jupyter server read its Rucio configuration again'
      ),
      icon: refreshIcon,
      describedBy,
      execute: async () => {
        try {
          const reloaded = await instances.reload();
          const words = reloadWords(reloaded, trans);
          if (reloaded.wrong.length > 0) {
            Notification.warning(words, { autoClose: false });
          } else {
            Notification.success(words, { autoClose: SHOWN_MS });
          }
        } catch (reason) {
          const { message, hint } = errorText(asApiError(reason), trans);
          Notification.error(`${message} ${hint}`.trim(), {
            autoClose: false
          });
          return;
        }
        repeat();
      }
    });

    for (const command of [
      CommandIDs.refresh,
      CommandIDs.reloadConfiguration
    ]) {
      palette?.addItem({ command, category: trans.__('Rucio') });
    }
  }
};
