import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { IStateDB } from '@jupyterlab/statedb';
import {
  ITranslator,
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';
import { fileUploadIcon } from '@jupyterlab/ui-components';
import type {
  ReadonlyJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';

import type { IInstance } from '../api/types';
import { CommandIDs } from '../commands';
import { formatCount } from '../components/format';
import { UploadModel } from '../model/upload';
import { UploadMemory } from '../model/uploadMemory';
import { IInstancesModel, IRucioApi, IRucioSettings } from '../tokens';
import { launch } from '../widgets/focusedDialog';
import { UploadDialog } from '../widgets/uploadDialog';

const ARGS_SCHEMA: ReadonlyJSONObject = {
  type: 'object',
  properties: {
    paths: {
      type: 'array',
      items: { type: 'string' },
      description:
        'Files and folders, below Jupyter’s folder where they are relative; those selected in the file browser where it is left out'
    },
    instance: {
      type: 'string',
      description:
        'The name of the Rucio instance; the active one where it is left out'
    }
  }
};

/** Sends files to Rucio, from the file browser and from wherever else the command is called. */
export const uploadPlugin: JupyterFrontEndPlugin<void> = {
  id: 'rucio-jupyterlab:upload',
  description: 'Adds the dialog that uploads files to Rucio.',
  autoStart: true,
  requires: [IRucioApi, IInstancesModel, IRucioSettings],
  optional: [
    IFileBrowserFactory,
    IDocumentManager,
    IStateDB,
    ICommandPalette,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    api: IRucioApi,
    instances: IInstancesModel,
    settings: IRucioSettings,
    browsers: IFileBrowserFactory | null,
    manager: IDocumentManager | null,
    state: IStateDB | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('rucio-jupyterlab');
    const { commands, serviceManager } = app;
    const uploader = new Uploader({
      api,
      instances,
      memory: new UploadMemory(state ?? undefined),
      lifetimeDays: () => settings.defaultLifetimeDays,
      choose: manager && (() => chooseFiles(manager, translator, trans)),
      signIn: name => commands.execute(CommandIDs.signIn, { instance: name }),
      show: () => commands.execute(CommandIDs.showTransfers),
      trans
    });

    /** What is selected in the file browser that the user sees, as the server names it. */
    const selectedPaths = (): string[] => {
      const browser = browsers?.tracker.currentWidget;
      return browser?.isVisible
        ? [...browser.selectedItems()].map(item =>
            serviceManager.contents.localPath(item.path)
          )
        : [];
    };
    /** While the instances are not known, one of them may take uploads. */
    const isPossible = () =>
      instances.phase !== 'ready' ||
      instances.items.some(one => one.can_upload);

    commands.addCommand(CommandIDs.upload, {
      label: trans.__('Upload to Rucio…'),
      caption: trans.__('Send files to a storage of the data lake'),
      icon: fileUploadIcon,
      describedBy: { args: ARGS_SCHEMA },
      isVisible: isPossible,
      isEnabled: isPossible,
      execute: async args => {
        await instances.load();
        await uploader.upload(pathsIn(args) ?? selectedPaths(), args.instance);
      }
    });
    palette?.addItem({
      command: CommandIDs.upload,
      category: trans.__('Rucio')
    });
    instances.changed.connect(
      () => commands.notifyCommandChanged(CommandIDs.upload),
      commands
    );
  }
};

function pathsIn(args: ReadonlyPartialJSONObject): string[] | null {
  return Array.isArray(args.paths)
    ? args.paths.filter((path): path is string => typeof path === 'string')
    : null;
}

/** The paths that are chosen in Jupyter's own dialog; none where that is given up. */
async function chooseFiles(
  manager: IDocumentManager,
  translator: ITranslator | null,
  trans: TranslationBundle
): Promise<string[]> {
  const { button, value } = await FileDialog.getOpenFiles({
    manager,
    translator: translator ?? undefined,
    title: trans.__('Choose what to upload to Rucio'),
    label: trans.__('Folders are uploaded with all that is in them.')
  });
  const { contents } = manager.services;
  return button.accept && value
    ? value.map(file => contents.localPath(file.path))
    : [];
}

class Uploader {
  constructor(private readonly _options: IUploaderOptions) {}

  /** Asks where to and under which names, and starts what is asked for. */
  async upload(paths: readonly string[], name: unknown): Promise<void> {
    const instance = await this._instance(name);
    if (instance === null) {
      return;
    }
    const model = this._model(instance, paths);
    try {
      await this._ask(model);
    } finally {
      model.dispose();
    }
  }

  private _model(instance: IInstance, paths: readonly string[]): UploadModel {
    const { lifetimeDays, ...options } = this._options;
    return new UploadModel({
      ...options,
      instance,
      paths,
      lifetimeDays: lifetimeDays()
    });
  }

  /** Until it is answered: Jupyter shows no two dialogs, so choosing files takes turns with it. */
  private async _ask(model: UploadModel): Promise<void> {
    const { choose, trans } = this._options;
    const canChoose = choose !== null;
    await model.recall();
    void model.begin();
    for (;;) {
      const dialog = new UploadDialog({ model, canChoose, trans });
      const { button, value } = await launch(dialog);
      if (value === 'choose' && choose !== null) {
        model.addPaths(await choose());
        continue;
      }
      if (button.accept && value !== null && value !== 'choose') {
        this._tell(value.files_total ?? model.plan?.counts.new ?? null);
      }
      return;
    }
  }

  private _tell(files: number | null): void {
    const { trans, show } = this._options;
    const words =
      files === null
        ? trans.__('The upload has started.')
        : trans._n(
            'The upload of %2 file has started.',
            'The upload of %2 files has started.',
            files,
            formatCount(files)
          );
    Notification.info(words, {
      autoClose: 5000,
      actions: [{ label: trans.__('Show'), callback: () => void show() }]
    });
  }

  /** The instance that is meant and takes uploads, once the user is signed in to it; null for none. */
  private async _instance(name: unknown): Promise<IInstance | null> {
    const { instances, signIn, trans } = this._options;
    const meant =
      typeof name === 'string' ? instances.get(name) : instances.active;
    const usable =
      meant?.can_upload || typeof name === 'string'
        ? meant
        : instances.items.find(one => one.can_upload);
    if (!usable?.can_upload) {
      Notification.warning(
        usable
          ? trans.__('%1 takes no uploads.', usable.display_name)
          : trans.__('No Rucio instance takes uploads.')
      );
      return null;
    }
    if (!usable.authenticated) {
      await signIn(usable.name);
    }
    const instance = instances.get(usable.name);
    return instance?.authenticated ? instance : null;
  }
}

interface IUploaderOptions {
  api: IRucioApi;
  instances: IInstancesModel;
  memory: UploadMemory;
  lifetimeDays: () => number;
  /** null where Jupyter has no dialog that chooses files. */
  choose: (() => Promise<string[]>) | null;
  signIn: (instance: string) => Promise<void>;
  /** Shows what moves. */
  show: () => Promise<void>;
  trans: TranslationBundle;
}
