import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';

import { SettingsModel } from '../model/settings';
import { IRucioSettings } from '../tokens';

/** The preferences; their schema also declares the context menu and the shortcuts. */
export const settingsPlugin: JupyterFrontEndPlugin<IRucioSettings> = {
  id: 'rucio-jupyterlab:plugin',
  description: 'Provides the preferences of the Rucio extension.',
  autoStart: true,
  optional: [ISettingRegistry],
  provides: IRucioSettings,
  activate: (app: JupyterFrontEnd, registry: ISettingRegistry | null) => {
    const model = new SettingsModel();
    registry
      ?.load(settingsPlugin.id)
      .then(settings => {
        const take = () => model.take(settings.composite);
        settings.changed.connect(take, model);
        take();
      })
      .catch(reason => {
        console.warn('The Rucio preferences stay at their defaults.', reason);
      });
    return model;
  }
};
