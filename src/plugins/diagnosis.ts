import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Clipboard, ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, INSTANCE_ARGS_SCHEMA } from '../commands';
import { IInstancesModel, IRucioApi } from '../tokens';
import { DiagnosisDialog } from '../widgets/diagnosisDialog';
import { launch } from '../widgets/focusedDialog';

/** Says what is wrong between here and the data, and what to do about it. */
export const diagnosisPlugin: JupyterFrontEndPlugin<void> = {
  id: 'rucio-jupyterlab:diagnosis',
  description: 'Adds the dialog that diagnoses a Rucio instance.',
  autoStart: true,
  requires: [IRucioApi, IInstancesModel],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    api: IRucioApi,
    instances: IInstancesModel,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('rucio-jupyterlab');
    const { commands } = app;

    commands.addCommand(CommandIDs.diagnose, {
      label: trans.__('Diagnose Rucio…'),
      caption: trans.__(
        'Look at everything between here and the data, and see what is wrong'
      ),
      describedBy: { args: INSTANCE_ARGS_SCHEMA },
      execute: async args => {
        await instances.load();
        const instance =
          typeof args.instance === 'string'
            ? instances.get(args.instance)
            : instances.active;
        if (!instance) {
          // There is nothing to look at; the sidebar says why.
          await commands.execute(CommandIDs.open);
          return;
        }
        await launch(
          new DiagnosisDialog({
            displayName: instance.display_name,
            diagnose: async signal => {
              const diagnosis = await api.diagnosis(instance.name, signal);
              // It may know more than the sidebar by now.
              void instances.look();
              return diagnosis;
            },
            onCopy: text => Clipboard.copyToSystem(text),
            trans
          })
        );
      }
    });
    palette?.addItem({
      command: CommandIDs.diagnose,
      category: trans.__('Rucio')
    });
  }
};
