import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { apiPlugin } from './plugins/api';
import { attachmentsPlugin } from './plugins/attachments';
import { availabilityPlugin } from './plugins/availability';
import { commandsPlugin } from './plugins/commands';
import { credentialsPlugin } from './plugins/credentials';
import { explorePlugin } from './plugins/explore';
import { instancesPlugin } from './plugins/instances';
import { kernelsPlugin } from './plugins/kernels';
import { notebookPlugin } from './plugins/notebook';
import { notificationsPlugin } from './plugins/notifications';
import { panelPlugin } from './plugins/panel';
import { settingsPlugin } from './plugins/settings';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  apiPlugin,
  instancesPlugin,
  availabilityPlugin,
  settingsPlugin,
  panelPlugin,
  explorePlugin,
  credentialsPlugin,
  commandsPlugin,
  notificationsPlugin,
  kernelsPlugin,
  attachmentsPlugin,
  notebookPlugin
];

export default plugins;
