import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import {
  ITranslator,
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';
import type {
  ReadonlyJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';

import { CommandIDs } from '../commands';
import { attachIcon } from '../icons';
import type { AttachedNotebook } from '../kernels/attachedNotebook';
import type { IAttachment } from '../model/attachments';
import {
  IAttachmentsModel,
  IAvailabilityModel,
  IInstancesModel,
  IKernelLanguages,
  IRucioApi,
  IRucioExplore,
  IRucioPanel
} from '../tokens';
import {
  attachSeveralTo,
  attachTo,
  isNotebookWanted,
  renameIn
} from '../widgets/attachNotebook';
import { NotebookButton } from '../widgets/notebookButton';
import {
  NotebookCaption,
  NotebookSectionWidget
} from '../widgets/notebookSection';
import { AttachmentSelection } from '../widgets/attachmentSelection';
import { NotebookPlace } from '../widgets/places';
import { DIDS_ARGS_SCHEMA, targetsOf, type ITargets } from './targets';

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
    IKernelLanguages,
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
    languages: IKernelLanguages,
    panel: IRucioPanel,
    explore: IRucioExplore | null,
    palette: ICommandPalette | null,
    toolbars: IToolbarWidgetRegistry | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('rucio-jupyterlab');
    const { commands } = app;

    // Notebook 7 has a page for each document, and this one may be about files.
    const isElsewhere = PageConfig.getOption('notebookPage') !== '';
    const openNotebook = async (): Promise<void> => {
      await commands.execute('notebook:create-new', { activate: true });
    };
    const showSection = async (): Promise<void> => {
      await commands.execute(CommandIDs.open);
      panel.expandSection(SECTION_ID);
    };

    /** Attaches what is meant; without a DID the dialog asks for one. */
    const attach = async (meant: ITargets | null): Promise<void> => {
      if (!model.current) {
        if (!(await isNotebookWanted(trans, isElsewhere))) {
          return;
        }
        await openNotebook();
        if (isElsewhere) {
          return;
        }
        await notebookOpened(model);
      }
      if (!model.current) {
        return;
      }
      if (meant !== null && meant.items.length > 1) {
        const { instance, items } = meant;
        await attachSeveralTo(model.current, instance, items, { api, trans });
      } else {
        const { did = null, type } = meant?.items[0] ?? {};
        await attachTo(
          model.current,
          { did, type, instance: meant?.instance },
          { api, instances, trans }
        );
      }
      panel.expandSection(SECTION_ID);
    };

    const injectAgain = (attachment: IAttachment) =>
      model.current?.injector.injectAgain(
        other => other.variableName === attachment.variableName
      );

    const widget = new NotebookSectionWidget({
      model,
      instances,
      availability,
      trans,
      actions: {
        attach: () => void attach(null),
        newNotebook: () => void openNotebook(),
        injectAllAgain: () => model.current?.injector.injectAgain(),
        injectAgain,
        insertSnippet: attachment =>
          insertSnippet(
            tracker.currentWidget,
            model.current,
            languages,
            attachment
          ),
        makeAvailable: attachment =>
          void commands.execute(CommandIDs.makeAvailable, {
            did: attachment.did,
            instance: model.current?.instanceOf(attachment) ?? undefined
          }),
        remove: entry => model.current?.attachments.remove(entry)
      }
    });
    explore?.addSource(new AttachmentSelection(widget.node, model));
    panel.addSection({
      id: SECTION_ID,
      title: trans.__('Notebook'),
      rank: SECTION_RANK,
      widget,
      caption: new NotebookCaption(model, trans)
    });

    addCommands(app, {
      tracker,
      model,
      languages,
      attach: args => attach(targetsOf(args, instances, explore)),
      injectAgain,
      trans
    });
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
  options: {
    tracker: INotebookTracker;
    model: IAttachmentsModel;
    languages: IKernelLanguages;
    attach: (args: ReadonlyPartialJSONObject) => Promise<void>;
    injectAgain: (attachment: IAttachment) => void;
    trans: TranslationBundle;
  }
): void {
  const { tracker, model, languages, attach, injectAgain, trans } = options;
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
    describedBy: { args: DIDS_ARGS_SCHEMA },
    execute: attach
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
    caption: trans.__('Give the attached data another name'),
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
    caption: trans.__('Set the variables in the kernel once more'),
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
        insertSnippet(
          tracker.currentWidget,
          model.current,
          languages,
          attachment
        );
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
  languages: IKernelLanguages,
  attachment: IAttachment
): void {
  const code = attached?.snippet(attachment);
  if (panel && attached && code) {
    new NotebookPlace(panel, attached, languages).insertCode(code);
  }
}
