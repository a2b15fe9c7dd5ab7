import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { apiPlugin } from './plugins/api';
import { attachmentsPlugin } from './plugins/attachments';
import { availabilityPlugin } from './plugins/availability';
import { commandsPlugin } from './plugins/commands';
import { configurationPlugin } from './plugins/configuration';
import { credentialsPlugin } from './plugins/credentials';
import { detailsPlugin } from './plugins/details';
import { diagnosisPlugin } from './plugins/diagnosis';
import { downloadPlugin } from './plugins/download';
import { explorePlugin } from './plugins/explore';
import { insertPlugin } from './plugins/insert';
import { instancesPlugin } from './plugins/instances';
import { jobsPlugin } from './plugins/jobs';
import { kernelsPlugin } from './plugins/kernels';
import { makeAvailablePlugin } from './plugins/makeAvailable';
import { notebookPlugin } from './plugins/notebook';
import { notificationsPlugin } from './plugins/notifications';
import { openElsewherePlugin } from './plugins/openElsewhere';
import { panelPlugin } from './plugins/panel';
import { rulesPlugin } from './plugins/rules';
import { searchCommandsPlugin } from './plugins/searchCommands';
import { settingsPlugin } from './plugins/settings';
import { transferNewsPlugin } from './plugins/transferNews';
import { transferStatusPlugin } from './plugins/transferStatus';
import { transfersPlugin } from './plugins/transfers';
import { uploadPlugin } from './plugins/upload';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  apiPlugin,
  instancesPlugin,
  availabilityPlugin,
  jobsPlugin,
  settingsPlugin,
  panelPlugin,
  explorePlugin,
  searchCommandsPlugin,
  detailsPlugin,
  credentialsPlugin,
  configurationPlugin,
  diagnosisPlugin,
  commandsPlugin,
  makeAvailablePlugin,
  rulesPlugin,
  notificationsPlugin,
  kernelsPlugin,
  attachmentsPlugin,
  notebookPlugin,
  transfersPlugin,
  transferStatusPlugin,
  transferNewsPlugin,
  insertPlugin,
  openElsewherePlugin,
  uploadPlugin,
  downloadPlugin
];

export default plugins;
