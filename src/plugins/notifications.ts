import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';
import { MovesModel, type IMove } from '../model/moves';
import { IAvailabilityModel, IRucioSettings } from '../tokens';

/** Says when what was asked for here has arrived, or got stuck, while the user did something else. */
export const notificationsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'rucio-jupyterlab:notifications',
  description: 'Notifies when data that was made available has arrived.',
  autoStart: true,
  requires: [IAvailabilityModel, IRucioSettings],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    availability: IAvailabilityModel,
    settings: IRucioSettings,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('rucio-jupyterlab');
    const run = (command: string, { did, type, instance }: IMove) =>
      void app.commands.execute(command, { did, type, instance });
    const moves = new MovesModel(availability);

    moves.ended.connect((_, move) => {
      if (!settings.isNotifying) {
        return;
      }
      if (move.state === 'available') {
        Notification.success(trans.__('%1 is available.', move.did), {
          actions: [
            {
              label: trans.__('Attach'),
              callback: () => run(CommandIDs.attach, move)
            }
          ]
        });
      } else {
        Notification.warning(trans.__('%1 is stuck.', move.did), {
          actions: [
            {
              label: trans.__('Why?'),
              callback: () => run(CommandIDs.explain, move)
            }
          ]
        });
      }
    }, moves);
  }
};
