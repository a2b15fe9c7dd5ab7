import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Clipboard,
  Dialog,
  ICommandPalette,
  showDialog
} from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { copyIcon, refreshIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { asApiError, ErrorCode } from '../api/errors';
import type { IMakeAvailableRequest } from '../api/types';
import { CommandIDs, DID_ARGS_SCHEMA, type IDidArgs } from '../commands';
import { formatBytes } from '../components/format';
import { movingIcon } from '../icons';
import {
  IAvailabilityModel,
  IInstancesModel,
  IRucioExplore,
  IRucioSettings
} from '../tokens';
import { ReasonWidget } from '../widgets/reason';

/** What can be done with a DID from anywhere: menus, palette, keyboard, other extensions. */
export const commandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'rucio-jupyterlab:commands',
  description: 'Adds the commands that act on DIDs.',
  autoStart: true,
  requires: [
    IInstancesModel,
    IAvailabilityModel,
    IRucioExplore,
    IRucioSettings
  ],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    instances: IInstancesModel,
    availability: IAvailabilityModel,
    explore: IRucioExplore,
    settings: IRucioSettings,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('rucio-jupyterlab');
    const { commands } = app;

    /** The DID that is meant: the one in the arguments, or the one selected in Explore. */
    const target = (args: ReadonlyPartialJSONObject) => {
      const { did, instance } = args as IDidArgs;
      if (did !== undefined) {
        const name = instance ?? instances.active?.name;
        return name === undefined ? null : { did, instance: name };
      }
      const selected = explore.selection;
      return (
        selected && { did: selected.item.did, instance: selected.instance }
      );
    };
    const pathOf = (args: ReadonlyPartialJSONObject) => {
      const meant = target(args);
      return meant && availability.get(meant.instance, meant.did)?.path;
    };
    const describedBy = { args: DID_ARGS_SCHEMA };

    commands.addCommand(CommandIDs.makeAvailable, {
      label: trans.__('Make Available'),
      caption: trans.__('Have Rucio bring the data to where notebooks read it'),
      icon: movingIcon,
      describedBy: {
        args: {
          ...DID_ARGS_SCHEMA,
          properties: {
            ...(DID_ARGS_SCHEMA.properties as ReadonlyPartialJSONObject),
            rse: {
              type: 'string',
              description:
                'One of the instance’s destinations; its first one where it is left out'
            },
            lifetime_days: {
              type: 'number',
              description: 'Days until Rucio may remove the data again'
            }
          }
        }
      },
      isEnabled: args => target(args) !== null,
      execute: async args => {
        const meant = target(args);
        if (meant === null) {
          return;
        }
        const { instance, did } = meant;
        const bytes =
          availability.get(instance, did)?.bytes_total ??
          (explore.selection?.item.did === did
            ? explore.selection.item.size
            : null) ??
          0;
        if (
          settings.confirmSizeBytes > 0 &&
          bytes > settings.confirmSizeBytes &&
          !(await isConfirmed(did, bytes))
        ) {
          return;
        }
        const request: IMakeAvailableRequest = { did };
        if (typeof args.rse === 'string') {
          request.rse = args.rse;
        }
        const lifetime = args.lifetime_days ?? settings.defaultLifetimeDays;
        if (typeof lifetime === 'number' && lifetime > 0) {
          request.lifetime_days = lifetime;
        }
        try {
          await availability.makeAvailable(instance, request);
        } catch (reason) {
          // The row shows what Rucio said; who is not signed in can do something about it at once.
          if (asApiError(reason).code === ErrorCode.notAuthenticated) {
            await commands.execute(CommandIDs.signIn, { instance });
          }
        }
      }
    });

    const isConfirmed = async (did: string, bytes: number) => {
      const answer = await showDialog({
        title: trans.__('Make %1 available?', formatBytes(bytes)),
        body: trans.__(
          '%1 is large. It will take time to move and count against your quota.',
          did
        ),
        buttons: [
          Dialog.cancelButton({ label: trans.__('Cancel') }),
          Dialog.okButton({ label: trans.__('Make available') })
        ]
      });
      return answer.button.accept;
    };

    commands.addCommand(CommandIDs.explain, {
      label: trans.__('Why Is It Not Available?'),
      describedBy,
      isEnabled: args => target(args) !== null,
      execute: async args => {
        const meant = target(args);
        if (meant === null) {
          return;
        }
        const entry = availability.entry(meant.instance, meant.did);
        const answer = await showDialog({
          title: trans.__('Why it is not available'),
          body: new ReasonWidget({ did: meant.did, entry, trans }),
          buttons: [
            Dialog.cancelButton({ label: trans.__('Close') }),
            Dialog.okButton({ label: trans.__('Try again') })
          ]
        });
        if (answer.button.accept) {
          await commands.execute(CommandIDs.makeAvailable, meant);
        }
      }
    });

    commands.addCommand(CommandIDs.copyDid, {
      label: trans.__('Copy DID'),
      icon: copyIcon,
      describedBy,
      isEnabled: args => target(args) !== null,
      execute: args => {
        const meant = target(args);
        if (meant) {
          Clipboard.copyToSystem(meant.did);
        }
      }
    });

    commands.addCommand(CommandIDs.copyPath, {
      label: trans.__('Copy Path'),
      caption: trans.__('The path under which a notebook reads the file'),
      icon: copyIcon,
      describedBy,
      isEnabled: args => Boolean(pathOf(args)),
      execute: args => {
        const path = pathOf(args);
        if (path) {
          Clipboard.copyToSystem(path);
        }
      }
    });

    commands.addCommand(CommandIDs.refresh, {
      label: trans.__('Reload Rucio Configuration'),
      caption: trans.__(
        'Look again at the configuration, the connection and what is shown'
      ),
      icon: refreshIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: async () => {
        await instances.refresh();
        explore.retry();
        availability.refresh();
      }
    });

    for (const command of [
      CommandIDs.makeAvailable,
      CommandIDs.explain,
      CommandIDs.copyDid,
      CommandIDs.copyPath,
      CommandIDs.refresh
    ]) {
      palette?.addItem({ command, category: trans.__('Rucio') });
    }
    const onChanged = () => {
      commands.notifyCommandChanged(CommandIDs.makeAvailable);
      commands.notifyCommandChanged(CommandIDs.copyDid);
      commands.notifyCommandChanged(CommandIDs.copyPath);
    };
    explore.selectionChanged.connect(onChanged, commands);
  }
};
