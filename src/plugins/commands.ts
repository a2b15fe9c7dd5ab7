import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Clipboard, ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { copyIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { CommandIDs } from '../commands';
import { IAvailabilityModel, IInstancesModel, IRucioExplore } from '../tokens';
import { DIDS_ARGS_SCHEMA, targetsOf } from './targets';

/** What can be done with DIDs from anywhere: menus, palette, keyboard, other extensions. */
export const commandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'rucio-jupyterlab:commands',
  description: 'Adds the commands that copy DIDs and paths.',
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

    const didsOf = (args: ReadonlyPartialJSONObject): string[] =>
      targetsOf(args, instances, explore)?.items.map(item => item.did) ?? [];
    /** The paths of those that are files and available. */
    const pathsOf = (args: ReadonlyPartialJSONObject): string[] => {
      const targets = targetsOf(args, instances, explore);
      return (targets?.items ?? []).flatMap(({ did }) => {
        const path = availability.get(targets?.instance ?? '', did)?.path;
        return path ? [path] : [];
      });
    };

    commands.addCommand(CommandIDs.copyDid, {
      label: args =>
        didsOf(args).length > 1
          ? trans.__('Copy %1 DIDs', didsOf(args).length)
          : trans.__('Copy DID'),
      caption: trans.__('Copy scope:name, one on a line'),
      icon: copyIcon,
      describedBy: { args: DIDS_ARGS_SCHEMA },
      isEnabled: args => didsOf(args).length > 0,
      execute: args => {
        const dids = didsOf(args);
        if (dids.length > 0) {
          Clipboard.copyToSystem(dids.join('\n'));
        }
      }
    });

    commands.addCommand(CommandIDs.copyPath, {
      label: args =>
        pathsOf(args).length > 1
          ? trans.__('Copy %1 Paths', pathsOf(args).length)
          : trans.__('Copy Path'),
      caption: trans.__('The path under which a notebook reads the file'),
      icon: copyIcon,
      describedBy: { args: DIDS_ARGS_SCHEMA },
      isEnabled: args => pathsOf(args).length > 0,
      execute: args => {
        const paths = pathsOf(args);
        if (paths.length > 0) {
          Clipboard.copyToSystem(paths.join('\n'));
        }
      }
    });

    const ids = [CommandIDs.copyDid, CommandIDs.copyPath];
    for (const command of ids) {
      palette?.addItem({ command, category: trans.__('Rucio') });
    }
    explore.selectionChanged.connect(
      () => ids.forEach(id => commands.notifyCommandChanged(id)),
      commands
    );
  }
};
