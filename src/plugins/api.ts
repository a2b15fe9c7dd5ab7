import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { RucioApi } from '../api/client';
import { IRucioApi } from '../tokens';

/** The client for the server part. */
export const apiPlugin: JupyterFrontEndPlugin<IRucioApi> = {
  id: 'rucio-jupyterlab:api',
  description: 'Provides the client for the server part of the extension.',
  autoStart: true,
  provides: IRucioApi,
  activate: (app: JupyterFrontEnd) =>
    new RucioApi(app.serviceManager.serverSettings)
};
