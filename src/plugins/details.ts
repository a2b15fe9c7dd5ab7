import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Clipboard,
  ICommandPalette,
  WidgetTracker
} from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type {
  ReadonlyJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';

import type { DidType } from '../api/types';
import { CommandIDs, DID_ARGS_SCHEMA, type IDidArgs } from '../commands';
import type { RowAction } from '../components/rowActions';
import type { SelectionAction } from '../components/SelectionBar';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- small, and needed by the first page
import { DidSnippets } from '../kernels/didSnippets';
import { DetailsModel } from '../model/details';
import { parseDid } from '../model/did';
import {
  IAttachmentsModel,
  IAvailabilityModel,
  type IDidKey,
  IInstancesModel,
  IKernelLanguages,
  IRucioApi,
  IRucioExplore
} from '../tokens';
import { DetailsWidget } from '../widgets/details';
import { detailsToolbar } from '../widgets/detailsToolbar';
import { NOTE_COMMANDS } from './noteCommands';

const NAMESPACE = 'rucio-details';
const USUAL_MIME_TYPE = 'text/x-python';

const ACTION_COMMANDS: Record<Exclude<RowAction, 'check'>, string> = {
  'make-available': CommandIDs.makeAvailable,
  attach: CommandIDs.attach,
  explain: CommandIDs.explain
};

const SELECTION_COMMANDS: Record<SelectionAction, string> = {
  'make-available': CommandIDs.makeAvailable,
  attach: CommandIDs.attach,
  copy: CommandIDs.copyDid
};

interface ISubject extends IDidKey {
  type?: DidType;
}

/** Pages in the main area that say all that is known of a DID. */
export const detailsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'rucio-jupyterlab:details',
  description: 'Shows the details of DIDs in the main area.',
  autoStart: true,
  requires: [IRucioApi, IInstancesModel, IAvailabilityModel, IKernelLanguages],
  optional: [
    ILabShell,
    ILayoutRestorer,
    IRucioExplore,
    IAttachmentsModel,
    INotebookTracker,
    IEditorServices,
    ICommandPalette,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    api: IRucioApi,
    instances: IInstancesModel,
    availability: IAvailabilityModel,
    languages: IKernelLanguages,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    explore: IRucioExplore | null,
    attachments: IAttachmentsModel | null,
    notebooks: INotebookTracker | null,
    editors: IEditorServices | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('rucio-jupyterlab');
    const { commands, shell } = app;
    const tracker = new WidgetTracker<DetailsWidget>({ namespace: NAMESPACE });
    const snippets = new DidSnippets({
      languages,
      availability,
      attachments,
      trans
    });

    const create = (subject: ISubject): DetailsWidget => {
      const { instance } = subject;
      const model = new DetailsModel({
        api,
        instances,
        availability,
        ...subject
      });
      const run = (command: string, args: ReadonlyPartialJSONObject) =>
        void commands.execute(command, { instance, ...args });
      const widget = new DetailsWidget({
        toolbar: detailsToolbar({ model, commands, trans }),
        props: {
          model,
          instances,
          availability,
          snippets,
          trans,
          editorFactory: editors?.factoryService.newInlineEditor ?? null,
          mimeType: () =>
            notebooks?.currentWidget?.content.codeMimetype ?? USUAL_MIME_TYPE,
          insertObstacle: () =>
            notebooks?.currentWidget
              ? null
              : trans.__('Open a notebook to insert it into.'),
          onInsert: code => insertBelow(notebooks, code),
          onCopy: text => Clipboard.copyToSystem(text),
          onOpen: ({ did, type }) =>
            run(CommandIDs.showDetails, { did, ...(type && { type }) }),
          onSearch: (key, value) => {
            instances.setActive(instance);
            const scope = parseDid(model.did)?.scope ?? '';
            void commands.execute(CommandIDs.search, {
              text: `${scope}:`,
              filters: [{ [key]: value }]
            });
          },
          onSelected: (items, action) =>
            run(SELECTION_COMMANDS[action], {
              dids: items.map(item => item.did)
            }),
          onHelp: action => run(NOTE_COMMANDS[action], {}),
          onAction: ({ did, type }, action) => {
            if (action === 'check') {
              availability.refresh(instance);
            } else {
              run(ACTION_COMMANDS[action], { did, type });
            }
          }
        }
      });
      const source = explore?.addSource(widget);
      widget.disposed.connect(() => source?.dispose());
      return widget;
    };

    const show = (subject: ISubject): DetailsWidget => {
      let widget = tracker.find(
        ({ model }) =>
          model.did === subject.did && model.instance === subject.instance
      );
      if (!widget) {
        widget = create(subject);
        if (labShell) {
          labShell.add(widget, 'main', placeOf(labShell, tracker));
        } else {
          // A page with room for one document only, as Notebook 7.
          shell.add(widget, 'right', { type: 'Rucio' });
        }
        void tracker.add(widget);
      }
      shell.activateById(widget.id);
      return widget;
    };

    commands.addCommand(CommandIDs.showDetails, {
      label: trans.__('Show Details'),
      caption: trans.__(
        'Metadata, sites, rules, parents and contents of the DID'
      ),
      describedBy: { args: DID_ARGS_SCHEMA },
      isEnabled: args =>
        typeof args.did === 'string' || Boolean(explore?.selection),
      execute: async args => {
        const subject = await subjectOf(args, explore, instances);
        return subject && show(subject);
      }
    });
    explore?.selectionChanged.connect(() =>
      commands.notifyCommandChanged(CommandIDs.showDetails)
    );
    palette?.addItem({
      command: CommandIDs.showDetails,
      category: trans.__('Rucio')
    });
    if (restorer) {
      void restorer.restore(tracker, {
        command: CommandIDs.showDetails,
        args: ({ model }) => argsOf(model),
        name: ({ model }) => `${model.instance}\n${model.did}`
      });
    }
  }
};

/** As a tab of details that can be seen, else beside what the user works with. */
function placeOf(
  labShell: ILabShell,
  tracker: WidgetTracker<DetailsWidget>
): DocumentRegistry.IOpenOptions {
  const visible = [...labShell.widgets('main')].filter(one => one.isVisible);
  const current = visible.find(one => one === labShell.currentWidget);
  // Details that something else covers share its place, and would cover it.
  const details =
    current && tracker.has(current)
      ? current
      : visible.find(one => tracker.has(one));
  if (details) {
    return { mode: 'tab-after', ref: details.id, activate: false };
  }
  const work = current ?? visible[0];
  // A launcher is there to be replaced and needs nothing beside it.
  return work && !work.id.startsWith('launcher')
    ? { mode: 'split-right', ref: work.id, activate: false }
    : { activate: false };
}

/** The DID that is meant: the one in the arguments, or the one that is selected. */
async function subjectOf(
  args: ReadonlyPartialJSONObject,
  explore: IRucioExplore | null,
  instances: IInstancesModel
): Promise<ISubject | null> {
  const { did, type, instance } = args as IDidArgs;
  if (did === undefined) {
    const selection = explore?.selection;
    return selection
      ? {
          did: selection.item.did,
          type: selection.item.type,
          instance: selection.instance
        }
      : null;
  }
  if (instance === undefined) {
    await instances.load();
  }
  const name = instance ?? instances.active?.name;
  return name === undefined ? null : { did, type, instance: name };
}

/** With what the command shows the same page again. */
function argsOf(model: DetailsModel): ReadonlyJSONObject {
  const { did, instance, type } = model;
  return { did, instance, ...(type && { type }) };
}

/** Puts code into a new cell below the active one, and shows it. */
function insertBelow(notebooks: INotebookTracker | null, code: string): void {
  const content = notebooks?.currentWidget?.content;
  if (!content) {
    return;
  }
  NotebookActions.insertBelow(content);
  const cell = content.activeCell;
  cell?.model.sharedModel.setSource(code);
  if (cell) {
    void content.scrollToCell(cell);
  }
}
