import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IStateDB } from '@jupyterlab/statedb';

import { CredentialsWatch } from '../model/credentialsWatch';
import { InstancesModel } from '../model/instances';
import { IInstancesModel, IRucioApi } from '../tokens';

/** The configured instances; nothing is asked before someone calls `load`. */
export const instancesPlugin: JupyterFrontEndPlugin<IInstancesModel> = {
  id: 'rucio-jupyterlab:instances',
  description: 'Provides the configured Rucio instances and the active one.',
  autoStart: true,
  requires: [IRucioApi],
  optional: [IStateDB],
  provides: IInstancesModel,
  activate: (app: JupyterFrontEnd, api: IRucioApi, state: IStateDB | null) => {
    const model = new InstancesModel({ api, state: state ?? undefined });
    const watch = new CredentialsWatch(model);
    // A tab that slept has missed the end of a token, or its successor.
    const wake = () => watch.wake();
    document.addEventListener('visibilitychange', wake);
    window.addEventListener('online', wake);
    window.addEventListener('focus', wake);
    return model;
  }
};
