import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { apiPlugin } from './plugins/api';
import { availabilityPlugin } from './plugins/availability';
import { commandsPlugin } from './plugins/commands';
import { credentialsPlugin } from './plugins/credentials';
import { explorePlugin } from './plugins/explore';
import { instancesPlugin } from './plugins/instances';
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
  notificationsPlugin
];

export default plugins;
