import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { PathExt, URLExt } from '@jupyterlab/coreutils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { folderIcon, launchIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { asApiError } from '../api/errors';
import type { IInstance } from '../api/types';
import { CommandIDs, DID_ARGS_SCHEMA } from '../commands';
import { errorText } from '../components/words';
import { commonFolder, contentsPath, dataFolders } from '../model/contentsPath';
import { parseDid } from '../model/did';
import { findLocalFiles } from '../model/localFiles';
import {
  IAvailabilityModel,
  IInstancesModel,
  IRucioApi,
  IRucioExplore
} from '../tokens';
import { meantDids } from './targets';

/** JupyterLab's own command; in Notebook 7 it is on the page of the files only. */
const GO_TO_PATH = 'filebrowser:go-to-path';

/** So many files are looked at to find the folder that they are all in. */
const MOST_FILES = 1000;

/** Shows DIDs in the file browser and in Rucio's own web pages. */
export const openElsewherePlugin: JupyterFrontEndPlugin<void> = {
  id: 'rucio-jupyterlab:open-elsewhere',
  description:
    'Opens DIDs in Jupyter’s file browser and in the web pages of Rucio.',
  autoStart: true,
  requires: [IRucioApi, IInstancesModel, IAvailabilityModel, IRucioExplore],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    api: IRucioApi,
    instances: IInstancesModel,
    availability: IAvailabilityModel,
    explore: IRucioExplore,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('rucio-jupyterlab');
    const { commands, serviceManager } = app;

    /** The one DID that is meant; null where there is none, or several. */
    const meant = (args: ReadonlyPartialJSONObject) => {
      const dids = meantDids(args, instances, explore);
      return dids.length === 1 ? dids[0] : null;
    };
    const instanceOf = (args: ReadonlyPartialJSONObject) => {
      const did = meant(args);
      return (did && instances.get(did.instance)) ?? null;
    };

    const isShowable = (instance: IInstance | null) =>
      instance !== null &&
      dataFolders(instance).some(one => one.contents_path !== null);

    /** What keeps a DID from being shown in the file browser, or null. */
    const obstacle = (args: ReadonlyPartialJSONObject): string | null => {
      const did = meant(args);
      const instance = instanceOf(args);
      if (did === null || instance === null) {
        return trans.__('Select one DID in the Rucio sidebar first.');
      }
      if (!isShowable(instance)) {
        return trans.__(
          'The file browser shows what is below Jupyter’s own folder, and the data of %1 is elsewhere.',
          instance.display_name
        );
      }
      const known = availability.get(did.instance, did.did);
      if (known === undefined || known.state === 'available' || known.local) {
        return null;
      }
      return instance.mode === 'download'
        ? trans.__('Download it first.')
        : trans.__('Make it available first.');
    };

    /** The path of what is to be shown: a file, or the folder of a collection. Rejects with a sentence. */
    const pathToShow = async (args: ReadonlyPartialJSONObject) => {
      const did = meant(args);
      const instance = instanceOf(args);
      if (did === null || instance === null) {
        return null;
      }
      const known = availability.get(did.instance, did.did);
      const local = known?.local?.contents_path ?? null;
      // What is available is shown where notebooks read it, and a local copy where there is no more.
      if (
        local !== null &&
        (instance.mode === 'download' || known?.state !== 'available')
      ) {
        return { path: local, isFile: known?.type === 'file' };
      }
      const found = await findLocalFiles(api, did, MOST_FILES);
      if (found.isMany) {
        throw new Error(
          trans.__(
            '%1 has too many files to say which folder they are in. Open one of its files.',
            did.did
          )
        );
      }
      if (found.paths === null || found.paths.length === 0) {
        throw new Error(
          found.message ?? trans.__('%1 is not available here.', did.did)
        );
      }
      const path =
        found.type === 'file' ? found.paths[0] : commonFolder(found.paths);
      if (path === null) {
        throw new Error(
          trans.__(
            'The files of %1 are in several folders. Open one of its files.',
            did.did
          )
        );
      }
      const shown = contentsPath(instance, path);
      if (shown === null) {
        throw new Error(
          trans.__('%1 is not below the folder that Jupyter shows.', path)
        );
      }
      return { path: shown, isFile: found.type === 'file' };
    };

    commands.addCommand(CommandIDs.openInFileBrowser, {
      label: trans.__('Open in File Browser'),
      caption: args =>
        obstacle(args) ??
        trans.__('Show the file, or the folder of the collection'),
      icon: folderIcon,
      describedBy: { args: DID_ARGS_SCHEMA },
      isVisible: args => isShowable(instanceOf(args)),
      isEnabled: args => obstacle(args) === null,
      execute: async args => {
        try {
          const found = await pathToShow(args);
          if (found === null) {
            return;
          }
          const { path, isFile } = found;
          if (!commands.hasCommand(GO_TO_PATH)) {
            openTree(isFile ? PathExt.dirname(path) : path);
            return;
          }
          // The command itself says nothing when there is no such file.
          await serviceManager.contents.get(path, { content: false });
          await commands.execute(GO_TO_PATH, { path });
        } catch (reason) {
          Notification.error(sentence(reason));
        }
      }
    });

    /** The page of the file browser, in a Jupyter that has it apart from notebooks. */
    const openTree = (folder: string) => {
      const url = URLExt.join(
        serviceManager.serverSettings.baseUrl,
        'tree',
        URLExt.encodeParts(folder)
      );
      window.open(url, '_blank', 'noopener');
    };

    const sentence = (reason: unknown): string => {
      if (reason instanceof Error && reason.name === 'Error') {
        return reason.message;
      }
      const { message, hint } = errorText(asApiError(reason), trans);
      return `${message} ${hint}`.trim();
    };

    commands.addCommand(CommandIDs.openInWebui, {
      label: trans.__('Open in Rucio Web UI'),
      caption: args => {
        if (meant(args) === null) {
          return trans.__('Select one DID in the Rucio sidebar first.');
        }
        return instanceOf(args)?.webui_url
          ? trans.__('Open the page about the DID in another tab')
          : trans.__('No web UI is configured for this instance.');
      },
      icon: launchIcon,
      describedBy: { args: DID_ARGS_SCHEMA },
      isVisible: args => Boolean(instanceOf(args)?.webui_url),
      isEnabled: args => Boolean(instanceOf(args)?.webui_url),
      execute: args => {
        const did = meant(args);
        const webui = instanceOf(args)?.webui_url;
        const parts = did && parseDid(did.did);
        if (webui && parts) {
          const { scope, name } = parts;
          const query = new URLSearchParams({ scope, name });
          const url = `${webui.replace(/\/+$/, '')}/did?${query.toString()}`;
          window.open(url, '_blank', 'noopener');
        }
      }
    });

    for (const command of [
      CommandIDs.openInFileBrowser,
      CommandIDs.openInWebui
    ]) {
      palette?.addItem({ command, category: trans.__('Rucio') });
    }
    const onChanged = () => {
      commands.notifyCommandChanged(CommandIDs.openInFileBrowser);
      commands.notifyCommandChanged(CommandIDs.openInWebui);
    };
    explore.selectionChanged.connect(onChanged, commands);
    instances.changed.connect(onChanged, commands);
  }
};
