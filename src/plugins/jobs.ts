import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { JobsModel } from '../model/jobs';
import { IJobsModel, IRucioApi } from '../tokens';

/** The downloads and uploads, kept true by Jupyter's event bus and, where events may have been lost, by asking. */
export const jobsPlugin: JupyterFrontEndPlugin<IJobsModel> = {
  id: 'rucio-jupyterlab:jobs',
  description: 'Provides what is known of downloads and uploads.',
  autoStart: true,
  requires: [IRucioApi],
  provides: IJobsModel,
  activate: (app: JupyterFrontEnd, api: IRucioApi) => {
    const model = new JobsModel({ api });
    const { events } = app.serviceManager;
    events.stream.connect((_, event) => model.handleEvent(event), model);

    // A tab that slept, or a connection that was lost, has missed events.
    const wake = () => {
      if (document.visibilityState === 'visible') {
        void model.look();
      }
    };
    document.addEventListener('visibilitychange', wake);
    window.addEventListener('online', wake);
    return model;
  }
};
