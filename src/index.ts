import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { apiPlugin } from './plugins/api';
import { instancesPlugin } from './plugins/instances';

const plugins: JupyterFrontEndPlugin<unknown>[] = [apiPlugin, instancesPlugin];

export default plugins;
