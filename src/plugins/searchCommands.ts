import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import {
  ITranslator,
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyJSONObject } from '@lumino/coreutils';

import type { DidTypeFilter } from '../api/types';
import { CommandIDs, DID_ARGS_SCHEMA, type IDidArgs } from '../commands';
import { IInstancesModel, IRucioExplore, type ISearchOptions } from '../tokens';

/** The commands that search, for menus, the palette and other extensions. */
export const searchCommandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'rucio-jupyterlab:search-commands',
  description: 'Adds the commands that search for DIDs.',
  autoStart: true,
  requires: [IRucioExplore, IInstancesModel],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    explore: IRucioExplore,
    instances: IInstancesModel,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('rucio-jupyterlab');
    addCommands(app.commands, explore, instances, trans);
    for (const command of [CommandIDs.search, CommandIDs.searchInside]) {
      palette?.addItem({ command, category: trans.__('Rucio') });
    }
  }
};

function addCommands(
  commands: CommandRegistry,
  explore: IRucioExplore,
  instances: IInstancesModel,
  trans: TranslationBundle
): void {
  commands.addCommand(CommandIDs.search, {
    label: trans.__('Search in Rucio'),
    caption: trans.__('Find data identifiers'),
    describedBy: { args: SEARCH_ARGS_SCHEMA },
    execute: async args => {
      const { text, type, inside, filters } = args;
      if (typeof inside === 'string' && inside !== '') {
        await explore.searchInside(inside, searchOptions(type, filters));
      } else if (typeof text === 'string') {
        await explore.search(text, searchOptions(type, filters));
      } else {
        explore.focus();
      }
    }
  });

  /** The container that is meant by the arguments, or is selected. */
  const container = (args: IDidArgs): string | null => {
    if (args.did) {
      return args.type === undefined || args.type === 'container'
        ? args.did
        : null;
    }
    const item = explore.selection?.item;
    return item?.type === 'container' ? item.did : null;
  };
  commands.addCommand(CommandIDs.searchInside, {
    label: trans.__('Search Inside'),
    caption: trans.__('List what is in a container, at any depth'),
    describedBy: { args: DID_ARGS_SCHEMA },
    isEnabled: args => container(args) !== null,
    execute: async args => {
      const { instance } = args as IDidArgs;
      const did = container(args);
      if (did === null) {
        return;
      }
      const chosen = instance ?? explore.selection?.instance;
      if (chosen !== undefined) {
        instances.setActive(chosen);
      }
      await explore.searchInside(did);
    }
  });
  const update = () => commands.notifyCommandChanged(CommandIDs.searchInside);
  explore.selectionChanged.connect(update);
}

/** The JSON schema of the arguments of `rucio:search`. */
const SEARCH_ARGS_SCHEMA: ReadonlyJSONObject = {
  type: 'object',
  properties: {
    text: {
      type: 'string',
      description:
        'scope:name, or scope: for everything in it; without it the search field gets the cursor'
    },
    type: {
      type: 'string',
      enum: ['all', 'collection', 'container', 'dataset', 'file'],
      description: 'What kind of data identifiers to list'
    },
    filters: {
      type: 'array',
      description:
        'Alternatives of conditions on metadata in the form of Rucio, for example [{"run_number.gte": 100, "datatype": "AOD"}]; [] for none; those of before where it is left out',
      items: {
        type: 'object',
        additionalProperties: { type: ['string', 'number', 'boolean'] }
      }
    },
    inside: {
      type: 'string',
      description:
        'A container, scope:name: lists what is in it at any depth, in place of the text'
    }
  }
};

/** Arguments from a menu or from elsewhere, which may be anything. */
function searchOptions(type: unknown, filters: unknown): ISearchOptions {
  const options: ISearchOptions = {};
  if (typeof type === 'string') {
    options.type = type as DidTypeFilter;
  }
  if (filters !== undefined) {
    options.filters = filters as ISearchOptions['filters'];
  }
  return options;
}
