import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Clipboard, ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Menu } from '@lumino/widgets';

import { CommandIDs } from '../commands';
import { rucioIcon } from '../icons';
import { IInstancesModel, IRucioPanel } from '../tokens';
import { HeaderWidget } from '../widgets/header';
import { RucioPanel } from '../widgets/panel';
import { NOTE_COMMANDS } from './noteCommands';

/** The sidebar with its header. */
export const panelPlugin: JupyterFrontEndPlugin<IRucioPanel> = {
  id: 'rucio-jupyterlab:panel',
  description: 'Adds the Rucio sidebar, to which sections can be added.',
  autoStart: true,
  requires: [IInstancesModel],
  optional: [ILayoutRestorer, ICommandPalette, ITranslator],
  provides: IRucioPanel,
  activate: (
    app: JupyterFrontEnd,
    instances: IInstancesModel,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('rucio-jupyterlab');
    const { commands, shell } = app;

    const menu = new Menu({ commands });
    menu.addItem({ command: CommandIDs.signIn });
    menu.addItem({ command: CommandIDs.signOut });
    menu.addItem({ type: 'separator' });
    menu.addItem({ command: CommandIDs.upload, args: { paths: [] } });
    menu.addItem({ command: CommandIDs.showCopies });
    menu.addItem({ type: 'separator' });
    menu.addItem({ command: CommandIDs.diagnose });
    menu.addItem({ command: CommandIDs.reloadConfiguration });

    const header = new HeaderWidget({
      model: instances,
      trans,
      onMenu: button => {
        const box = button.getBoundingClientRect();
        menu.open(box.right, box.bottom, { horizontalAlignment: 'right' });
      },
      onAction: action => {
        void commands.execute(NOTE_COMMANDS[action]);
      },
      onCopy: text => Clipboard.copyToSystem(text)
    });
    const panel = new RucioPanel({
      header,
      caption: trans.__('Rucio'),
      onFirstShow: () => void instances.load()
    });
    shell.add(panel, 'left', { rank: 600, type: 'Rucio' });
    restorer?.add(panel, RucioPanel.ID);

    commands.addCommand(CommandIDs.open, {
      label: trans.__('Show Rucio'),
      caption: trans.__('Open the Rucio sidebar'),
      icon: rucioIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => shell.activateById(panel.id)
    });
    palette?.addItem({
      command: CommandIDs.open,
      category: trans.__('Rucio')
    });
    return panel;
  }
};
