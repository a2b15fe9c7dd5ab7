import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { asApiError } from '../api/errors';
import { CommandIDs } from '../commands';
import { errorText } from '../components/words';
import { IInstancesModel, IRucioApi } from '../tokens';
import { launch } from '../widgets/focusedDialog';
import { SignInDialog } from '../widgets/signInDialog';

/** Signing in and out. */
export const credentialsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'rucio-jupyterlab:credentials',
  description: 'Adds the dialog that signs in to Rucio.',
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
    const describedBy = {
      args: {
        type: 'object' as const,
        properties: {
          instance: {
            type: 'string' as const,
            description:
              'The name of the Rucio instance; the active one where it is left out'
          }
        }
      }
    };
    const meant = (name: unknown) =>
      typeof name === 'string' ? instances.get(name) : instances.active;

    commands.addCommand(CommandIDs.signIn, {
      label: trans.__('Sign in to Rucio…'),
      caption: trans.__('Say to Rucio who you are'),
      describedBy,
      execute: async args => {
        await instances.load();
        const instance = meant(args.instance);
        if (!instance) {
          // There is nothing to sign in to; the sidebar says why.
          await commands.execute(CommandIDs.open);
          return;
        }
        await launch(
          new SignInDialog({
            instance,
            api,
            signIn: request => instances.signIn(instance.name, request),
            trans
          })
        );
      }
    });

    commands.addCommand(CommandIDs.signOut, {
      label: trans.__('Sign out of Rucio'),
      caption: trans.__('Have the Jupyter server forget the credentials'),
      describedBy,
      isEnabled: args => meant(args.instance)?.authenticated ?? false,
      execute: async args => {
        const instance = meant(args.instance);
        if (!instance) {
          return;
        }
        try {
          await instances.signOut(instance.name);
        } catch (reason) {
          const { message, hint } = errorText(asApiError(reason), trans);
          Notification.error(`${message} ${hint}`.trim());
        }
      }
    });

    for (const command of [CommandIDs.signIn, CommandIDs.signOut]) {
      palette?.addItem({ command, category: trans.__('Rucio') });
    }
    instances.changed.connect(
      () => commands.notifyCommandChanged(CommandIDs.signOut),
      commands
    );
  }
};
