import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { AvailabilityModel } from '../model/availability';
import { IAvailabilityModel, IInstancesModel, IRucioApi } from '../tokens';

/** Availability, kept true by Jupyter's event bus and, where events may have been lost, by asking. */
export const availabilityPlugin: JupyterFrontEndPlugin<IAvailabilityModel> = {
  id: 'rucio-jupyterlab:availability',
  description: 'Provides what is known of the availability of DIDs.',
  autoStart: true,
  requires: [IRucioApi, IInstancesModel],
  provides: IAvailabilityModel,
  activate: (
    app: JupyterFrontEnd,
    api: IRucioApi,
    instances: IInstancesModel
  ) => {
    const model = new AvailabilityModel({ api, instances });
    const { events } = app.serviceManager;
    events.stream.connect((_, event) => model.handleEvent(event), model);

    // A tab that slept, or a connection that was lost, has missed events.
    const wake = () => {
      if (document.visibilityState === 'visible') {
        model.refresh();
      }
    };
    document.addEventListener('visibilitychange', wake);
    window.addEventListener('online', wake);
    return model;
  }
};
