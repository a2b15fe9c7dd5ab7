import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { IConsoleTracker } from '@jupyterlab/console';
import { IEditorTracker } from '@jupyterlab/fileeditor';
import { INotebookTracker } from '@jupyterlab/notebook';
import {
  ITranslator,
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { asApiError } from '../api/errors';
import { CommandIDs, DID_ARGS_SCHEMA } from '../commands';
import { errorText } from '../components/words';
import { findLocalFiles, type ILocalFiles } from '../model/localFiles';
import {
  IAttachmentsModel,
  IInstancesModel,
  IKernelLanguages,
  IRucioApi,
  IRucioExplore
} from '../tokens';
import { DidDragSource } from '../widgets/didDrag';
import { DidDropTarget } from '../widgets/didDrop';
import { insertionFor, literal, pathsOf } from '../widgets/insertion';
import { PlaceTracker } from '../widgets/placeTracker';
import type { IPlace } from '../widgets/places';
import { type IMeantDid, meantDids } from './targets';

/** How long it is said that there is no path: there is something to press. */
const MISSING_MS = 10_000;

/** Puts DIDs into notebooks, consoles and text files: by command, and by dragging. */
export const insertPlugin: JupyterFrontEndPlugin<void> = {
  id: 'rucio-jupyterlab:insert',
  description:
    'Inserts paths and code for DIDs into notebooks, consoles and text files.',
  autoStart: true,
  requires: [
    INotebookTracker,
    IRucioApi,
    IInstancesModel,
    IAttachmentsModel,
    IKernelLanguages,
    IRucioExplore
  ],
  optional: [IConsoleTracker, IEditorTracker, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker,
    api: IRucioApi,
    instances: IInstancesModel,
    attachments: IAttachmentsModel,
    languages: IKernelLanguages,
    explore: IRucioExplore,
    consoles: IConsoleTracker | null,
    editors: IEditorTracker | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('rucio-jupyterlab');
    const { commands, shell } = app;
    const places = new PlaceTracker({
      shell,
      notebooks,
      consoles,
      editors,
      attachments,
      languages
    });
    const meant = (args: ReadonlyPartialJSONObject) =>
      meantDids(args, instances, explore);
    const isPossible = (args: ReadonlyPartialJSONObject) =>
      meant(args).length > 0 && places.current !== null;
    const caption = (
      args: ReadonlyPartialJSONObject,
      purpose: string
    ): string => {
      if (meant(args).length === 0) {
        return trans.__('Select a DID in the Rucio sidebar first.');
      }
      return places.current === null
        ? trans.__('Open a notebook, a console or a text file first.')
        : purpose;
    };
    /** Does something with a place, which then is in front. */
    const inPlace = (place: IPlace, act: () => void) => {
      if (!place.widget.isDisposed) {
        shell.activateById(place.widget.id);
        act();
      }
    };
    const find = (dids: readonly IMeantDid[]) =>
      Promise.all(dids.map(did => findLocalFiles(api, did)));

    const sayMissing = (missing: readonly ILocalFiles[]) => {
      const isUnknown = missing.some(({ type }) => type === null);
      const makeAvailable = () => {
        for (const { did, instance, type } of missing) {
          void commands.execute(CommandIDs.makeAvailable, {
            did,
            instance,
            type
          });
        }
      };
      Notification.warning(missingText(missing, trans), {
        autoClose: MISSING_MS,
        actions: isUnknown
          ? []
          : [{ label: trans.__('Make Available'), callback: makeAvailable }]
      });
    };

    commands.addCommand(CommandIDs.insertPath, {
      label: trans.__('Insert Path'),
      caption: args =>
        caption(
          args,
          trans.__(
            'Insert the path of the file, or of each file, at the cursor as a quoted text'
          )
        ),
      describedBy: { args: DID_ARGS_SCHEMA },
      isEnabled: isPossible,
      execute: async args => {
        const place = places.current;
        const dids = meant(args);
        if (place === null || dids.length === 0) {
          return;
        }
        try {
          const found = await find(dids);
          const missing = found.filter(
            files => files.paths === null && !files.isMany
          );
          if (missing.length > 0) {
            sayMissing(missing);
            return;
          }
          if (found.some(files => files.isMany)) {
            const { code } = await insertionFor(found, place, trans);
            inPlace(place, () => place.insertCode(code));
            return;
          }
          const language = await place.language();
          const [only] = found;
          const value =
            found.length === 1
              ? (pathsOf(only) ?? [])
              : found.flatMap(files => files.paths ?? []);
          inPlace(place, () => place.insertText(literal(value, language)));
        } catch (reason) {
          sayFailed(reason, trans);
        }
      }
    });

    commands.addCommand(CommandIDs.insertDidSnippet, {
      label: trans.__('Insert Snippet'),
      caption: args =>
        caption(args, trans.__('Insert code that reads the data')),
      describedBy: {
        args: {
          ...DID_ARGS_SCHEMA,
          properties: {
            ...(DID_ARGS_SCHEMA.properties as ReadonlyPartialJSONObject),
            format: {
              type: 'string',
              description:
                'How the files are read, for example root, csv, parquet, hdf5, fits, plain; told from a file’s name where it is left out'
            }
          }
        }
      },
      isEnabled: isPossible,
      execute: async args => {
        const place = places.current;
        if (place === null) {
          return;
        }
        try {
          const found = await find(meant(args));
          const format =
            typeof args.format === 'string' ? args.format : undefined;
          const { code } = await insertionFor(found, place, trans, format);
          inPlace(place, () => place.insertCode(code));
        } catch (reason) {
          sayFailed(reason, trans);
        }
      }
    });

    for (const command of [
      CommandIDs.insertPath,
      CommandIDs.insertDidSnippet
    ]) {
      palette?.addItem({ command, category: trans.__('Rucio') });
    }
    const onChanged = () => {
      commands.notifyCommandChanged(CommandIDs.insertPath);
      commands.notifyCommandChanged(CommandIDs.insertDidSnippet);
    };
    places.changed.connect(onChanged, commands);
    explore.selectionChanged.connect(onChanged, commands);

    /** Asked while the mouse is still on its way. */
    let dragged: Promise<readonly ILocalFiles[]> = Promise.resolve([]);
    const target = new DidDropTarget({
      places,
      insertion: async place => {
        try {
          return await insertionFor(await dragged, place, trans);
        } catch (reason) {
          sayFailed(reason, trans);
          return null;
        }
      }
    });
    new DidDragSource({
      together: one => {
        const selected = meant({});
        return selected.some(
          ({ did, instance }) => did === one.did && instance === one.instance
        )
          ? selected
          : [one];
      },
      started: dids => {
        dragged = find(dids);
        // What fails is said when it is dropped.
        dragged.catch(() => undefined);
      },
      ended: () => target.clear()
    });
  }
};

/** Why there is no path. */
function missingText(
  missing: readonly ILocalFiles[],
  trans: TranslationBundle
): string {
  const [first] = missing;
  if (missing.length > 1) {
    return trans.__(
      '%1 and %2 more are not available here yet.',
      first.did,
      missing.length - 1
    );
  }
  if (first.type === null) {
    return first.message ?? trans.__('Rucio does not know %1.', first.did);
  }
  switch (first.state) {
    case 'replicating':
      return trans.__('%1 is on its way here, and has no path yet.', first.did);
    case 'available':
    case 'empty':
    case 'unknown':
      return (
        first.message ?? trans.__('Where %1 is cannot be told.', first.did)
      );
    default:
      return trans.__('%1 is not available here, and has no path.', first.did);
  }
}

function sayFailed(reason: unknown, trans: TranslationBundle): void {
  const { message, hint } = errorText(asApiError(reason), trans);
  Notification.error(`${message} ${hint}`.trim());
}
