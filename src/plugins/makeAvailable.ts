import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type {
  ReadonlyJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';

import { CommandIDs } from '../commands';
import { formatCount } from '../components/format';
import { movingIcon } from '../icons';
import {
  IAvailabilityModel,
  IInstancesModel,
  IRucioExplore,
  IRucioSettings
} from '../tokens';
import { lazyMaker } from './lazyMaker';
import type { IWish } from './maker';
import { DIDS_ARGS_SCHEMA, targetsOf } from './targets';

const ARGS_SCHEMA: ReadonlyJSONObject = {
  ...DIDS_ARGS_SCHEMA,
  properties: {
    ...(DIDS_ARGS_SCHEMA.properties as ReadonlyJSONObject),
    rse: {
      type: 'string',
      description:
        'One of the instance’s destinations; its first one where it is left out'
    },
    lifetime_days: {
      type: 'number',
      description: 'Days until Rucio may remove the data again'
    }
  }
};

/** Has Rucio bring data to where notebooks read it, and asks before where that is called for. */
export const makeAvailablePlugin: JupyterFrontEndPlugin<void> = {
  id: 'rucio-jupyterlab:make-available',
  description: 'Adds the commands that make DIDs available.',
  autoStart: true,
  requires: [
    IInstancesModel,
    IAvailabilityModel,
    IRucioExplore,
    IRucioSettings
  ],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
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
    const isDownload = (args: ReadonlyPartialJSONObject) => {
      const meant = targets(args);
      return (
        meant !== null && instances.get(meant.instance)?.mode === 'download'
      );
    };
    const targets = (args: ReadonlyPartialJSONObject) =>
      targetsOf(args, instances, explore);
    const isEnabled = (args: ReadonlyPartialJSONObject) =>
      targets(args) !== null;
    /** A label that says how many are meant, where that is more than one. */
    const counted =
      (make: string, download: string) => (args: ReadonlyPartialJSONObject) => {
        const label = isDownload(args) ? download : make;
        const count = targets(args)?.items.length ?? 0;
        return count > 1 ? `${label} (${formatCount(count)})` : label;
      };

    commands.addCommand(CommandIDs.makeAvailable, {
      label: counted(trans.__('Make Available'), trans.__('Download')),
      caption: args =>
        isDownload(args)
          ? trans.__('Download the data to the disk of this server')
          : trans.__('Have Rucio bring the data to where notebooks read it'),
      icon: movingIcon,
      describedBy: { args: ARGS_SCHEMA },
      isEnabled,
      execute: async args => {
        const meant = targets(args);
        if (meant !== null) {
          await (await maker()).make(meant, wishOf(args));
        }
      }
    });
    commands.addCommand(CommandIDs.makeAvailableAs, {
      label: counted(trans.__('Make Available…'), trans.__('Download…')),
      caption: args =>
        isDownload(args)
          ? trans.__('See what it means before it starts')
          : trans.__(
              'Choose where the data is to go and for how long, and see what it means'
            ),
      describedBy: { args: ARGS_SCHEMA },
      isEnabled,
      execute: async args => {
        const meant = targets(args);
        if (meant !== null) {
          await (await maker()).ask(meant, wishOf(args));
        }
      }
    });
    const ids = [CommandIDs.makeAvailable, CommandIDs.makeAvailableAs];
    for (const command of ids) {
      palette?.addItem({ command, category: trans.__('Rucio') });
    }
    explore.selectionChanged.connect(
      () => ids.forEach(id => commands.notifyCommandChanged(id)),
      commands
    );
  }
};

function wishOf(args: ReadonlyPartialJSONObject): IWish {
  return {
    rse: typeof args.rse === 'string' ? args.rse : undefined,
    lifetimeDays:
      typeof args.lifetime_days === 'number' && args.lifetime_days > 0
        ? args.lifetime_days
        : undefined
  };
}
