import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import {
  INotebookTracker,
  NotebookActions,
  type NotebookPanel
} from '@jupyterlab/notebook';
import {
  ITranslator,
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';
import type {
  ReadonlyJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';

import type { DidType } from '../api/types';
import { CommandIDs, DID_ARGS_SCHEMA, type IDidArgs } from '../commands';
import { attachIcon } from '../icons';
import type { AttachedNotebook } from '../kernels/attachedNotebook';
import type { IAttachment } from '../model/attachments';
import {
  IAttachmentsModel,
  IAvailabilityModel,
  IInstancesModel,
  IRucioApi,
  IRucioExplore,
  IRucioPanel
} from '../tokens';
import {
  attachTo,
  isNotebookWanted,
  renameIn
} from '../widgets/attachNotebook';
import { NotebookButton } from '../widgets/notebookButton';
import {
  NotebookCaption,
  NotebookSectionWidget
} from '../widgets/notebookSection';

const PLUGIN_ID = 'rucio-jupyterlab:notebook';
const SECTION_ID = 'notebook';
const SECTION_RANK = 200;

/** The name of the toolbar item in schema/notebook.json. */
const TOOLBAR_ITEM = 'rucio';

const VARIABLE_ARGS_SCHEMA: ReadonlyJSONObject = {
  type: 'object',
  properties: {
    variableName: {
      type: 'string',
      description:
        'The name of an attached variable; the one under the context menu where it is left out'
    }
  }
};

/** The Notebook section, the commands about attachments and the button in the notebook's toolbar. */
export const notebookPlugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Attaches DIDs to notebooks and shows what is attached.',
  autoStart: true,
  requires: [
    INotebookTracker,
    IRucioApi,
    IInstancesModel,
    IAvailabilityModel,
    IAttachmentsModel,
    IRucioPanel
  ],
  optional: [
    IRucioExplore,
    ICommandPalette,
    IToolbarWidgetRegistry,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    api: IRucioApi,
    instances: IInstancesModel,
    availability: IAvailabilityModel,
    model: IAttachmentsModel,
    panel: IRucioPanel,
    explore: IRucioExplore | null,
    palette: ICommandPalette | null,
    toolbars: IToolbarWidgetRegistry | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('rucio-jupyterlab');
    const { commands } = app;

    const openNotebook = async (): Promise<void> => {
      await commands.execute('notebook:create-new', { activate: true });
    };
    const showSection = async (): Promise<void> => {
      await commands.execute(CommandIDs.open);
      panel.expandSection(SECTION_ID);
    };

    const attach = async (args: IDidArgs): Promise<void> => {
      if (!model.current) {
        if (!(await isNotebookWanted(trans))) {
          return;
        }
        await openNotebook();
        await notebookOpened(model);
      }
      if (model.current) {
        await attachTo(
          model.current,
          { ...args, did: args.did ?? null },
          { api, instances, trans }
        );
        panel.expandSection(SECTION_ID);
      }
    };

    const injectAgain = (attachment: IAttachment) =>
      model.current?.injector.injectAgain(
        other => other.variableName === attachment.variableName
      );

    const widget = new NotebookSectionWidget({
      model,
      availability,
      trans,
      actions: {
        attach: () => void attach({}),
        newNotebook: () => void openNotebook(),
        injectAllAgain: () => model.current?.injector.injectAgain(),
        injectAgain,
        insertSnippet: attachment =>
          insertSnippet(tracker.currentWidget, model.current, attachment),
        makeAvailable: attachment =>
          void commands.execute(CommandIDs.makeAvailable, {
            did: attachment.did,
            instance: model.current?.instanceOf(attachment) ?? undefined
          }),
        remove: entry => model.current?.attachments.remove(entry)
      }
    });
    panel.addSection({
      id: SECTION_ID,
      title: trans.__('Notebook'),
      rank: SECTION_RANK,
      widget,
      caption: new NotebookCaption(model, trans)
    });

    addCommands(app, tracker, model, explore, attach, injectAgain, trans);
    for (const command of [CommandIDs.attach, CommandIDs.injectAgain]) {
      palette?.addItem({ command, category: trans.__('Rucio') });
    }

    toolbars?.addFactory<NotebookPanel>(
      'Notebook',
      TOOLBAR_ITEM,
      ({ sessionContext }) =>
        new NotebookButton({
          model,
          sessionContext,
          trans,
          onClick: () => void showSection()
        })
    );
  }
};

/** Resolves when there is a current notebook. */
function notebookOpened(model: IAttachmentsModel): Promise<void> {
  return new Promise(resolve => {
    const look = () => {
      if (model.current) {
        model.changed.disconnect(look);
        resolve();
      }
    };
    model.changed.connect(look);
    look();
  });
}

function addCommands(
  app: JupyterFrontEnd,
  tracker: INotebookTracker,
  model: IAttachmentsModel,
  explore: IRucioExplore | null,
  attach: (args: IDidArgs) => Promise<void>,
  injectAgain: (attachment: IAttachment) => void,
  trans: TranslationBundle
): void {
  const { commands } = app;

  /** The attachment that is meant: the one in the arguments, or the one under the context menu. */
  const meant = (args: ReadonlyPartialJSONObject): IAttachment | undefined => {
    const name =
      args.variableName ??
      app.contextMenuHitTest(node => 'variable' in node.dataset)?.dataset
        .variable;
    return typeof name === 'string'
      ? model.current?.attachments.get(name)
      : undefined;
  };
  const isMeant = (args: ReadonlyPartialJSONObject) =>
    meant(args) !== undefined;
  const describedBy = { args: VARIABLE_ARGS_SCHEMA };

  commands.addCommand(CommandIDs.attach, {
    label: trans.__('Attach to Notebook…'),
    caption: trans.__('Use the data under a variable in the current notebook'),
    icon: attachIcon,
    describedBy: { args: DID_ARGS_SCHEMA },
    execute: async args => {
      const selected = explore?.selection;
      const isAboutSelected = args.did === undefined && selected;
      await attach(
        isAboutSelected
          ? {
              did: selected.item.did,
              type: selected.item.type as DidType,
              instance: selected.instance
            }
          : (args as IDidArgs)
      );
    }
  });

  commands.addCommand(CommandIDs.detach, {
    label: trans.__('Detach'),
    caption: trans.__('Take the variable out of the notebook and its kernel'),
    describedBy,
    isEnabled: isMeant,
    execute: args => {
      const attachment = meant(args);
      if (attachment) {
        model.current?.attachments.removeByName(attachment.variableName);
      }
    }
  });

  commands.addCommand(CommandIDs.renameAttachment, {
    label: trans.__('Rename Variable…'),
    describedBy,
    isEnabled: isMeant,
    execute: async args => {
      const attachment = meant(args);
      if (attachment && model.current) {
        await renameIn(model.current, attachment, trans);
      }
    }
  });

  commands.addCommand(CommandIDs.injectAgain, {
    label: args =>
      isMeant(args)
        ? trans.__('Send to Kernel Again')
        : trans.__('Send Attached Variables to Kernel Again'),
    describedBy,
    isEnabled: () => Boolean(model.current?.attachments.attachments.length),
    execute: args => {
      const attachment = meant(args);
      if (attachment) {
        injectAgain(attachment);
      } else {
        model.current?.injector.injectAgain();
      }
    }
  });

  commands.addCommand(CommandIDs.insertSnippet, {
    label: trans.__('Insert Snippet'),
    caption: trans.__('Insert code that reads the data'),
    describedBy,
    isEnabled: isMeant,
    execute: args => {
      const attachment = meant(args);
      if (attachment) {
        insertSnippet(tracker.currentWidget, model.current, attachment);
      }
    }
  });

  model.changed.connect(() => {
    commands.notifyCommandChanged(CommandIDs.injectAgain);
  });
}

/** Puts code that reads an attachment into the active cell if that is empty, else into a new one below. */
function insertSnippet(
  panel: NotebookPanel | null,
  attached: AttachedNotebook | null,
  attachment: IAttachment
): void {
  const code = attached?.snippet(attachment);
  if (!panel || !code) {
    return;
  }
  const { content } = panel;
  const active = content.activeCell;
  const isFree =
    active?.model.type === 'code' &&
    active.model.sharedModel.getSource().trim() === '';
  if (!isFree) {
    NotebookActions.insertBelow(content);
  }
  content.activeCell?.model.sharedModel.setSource(code);
}
