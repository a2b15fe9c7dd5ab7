import { Dialog, showDialog, showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError, asApiError } from '../api/errors';
import type { DidType } from '../api/types';
import type { AttachedNotebook } from '../kernels/attachedNotebook';
import { PYTHON_NAMES } from '../kernels/pythonNames';
import type { IAttachment } from '../model/attachments';
import type { IInstancesModel, IRucioApi } from '../tokens';
import { AttachDialog } from './attachDialog';
import { launch } from './focusedDialog';
import { askSeveralNames } from './attachSeveralDialog';

/** What is to be attached, as far as it is known already. */
export interface IAttachSubject {
  did: string | null;
  type?: DidType;
  instance?: string;
}

/** Asks for the name of the variable and attaches. */
export async function attachTo(
  notebook: AttachedNotebook,
  subject: IAttachSubject,
  options: {
    api: IRucioApi;
    instances: IInstancesModel;
    trans: TranslationBundle;
  }
): Promise<void> {
  const { api, instances, trans } = options;
  await instances.load();
  await launch(
    new AttachDialog({
      title: trans.__('Attach to notebook'),
      acceptLabel: trans.__('Attach'),
      did: subject.did,
      notebook: notebook.title,
      taken: notebook.attachments.names,
      rules: notebook.language?.names ?? PYTHON_NAMES,
      trans,
      accept: async ({ did, variableName }) => {
        const instance = subject.instance ?? instances.active?.name;
        if (instance === undefined) {
          throw refusal(
            trans.__('No Rucio instance is chosen.'),
            trans.__('Choose one at the top of the Rucio panel.')
          );
        }
        const type = subject.type ?? (await typeOf(api, instance, did, trans));
        notebook.attachments.add({
          did,
          variableName,
          type: type === 'file' ? 'file' : 'collection',
          instance
        });
      }
    })
  );
}

/** So many names can be chosen in one dialog; of more nobody keeps track. */
export const MOST_ATTACHED = 50;

/** Asks for the names of several variables and attaches them. */
export async function attachSeveralTo(
  notebook: AttachedNotebook,
  instance: string,
  items: readonly { did: string; type?: DidType }[],
  options: { api: IRucioApi; trans: TranslationBundle }
): Promise<void> {
  const { api, trans } = options;
  if (items.length > MOST_ATTACHED) {
    await showDialog({
      title: trans.__('That is too many'),
      body: trans.__(
        'At most %1 can be attached at once. Attach the collection that they are in: its variable is a list of its files.',
        MOST_ATTACHED
      ),
      buttons: [Dialog.okButton({ label: trans.__('Close') })]
    });
    return;
  }
  let types: Map<string, DidType>;
  try {
    types = await typesOf(api, instance, items, trans);
  } catch (reason) {
    await showErrorMessage(trans.__('Attach to notebook'), asApiError(reason));
    return;
  }
  const values = await askSeveralNames({
    dids: [...types.keys()],
    notebook: notebook.title,
    taken: notebook.attachments.names,
    rules: notebook.language?.names ?? PYTHON_NAMES,
    trans
  });
  for (const { did, variableName } of values ?? []) {
    notebook.attachments.add({
      did,
      variableName,
      type: types.get(did) === 'file' ? 'file' : 'collection',
      instance
    });
  }
}

/** Asks for another name of a variable. */
export async function renameIn(
  notebook: AttachedNotebook,
  attachment: IAttachment,
  trans: TranslationBundle
): Promise<void> {
  const { variableName, did } = attachment;
  const others = new Set(notebook.attachments.names);
  others.delete(variableName);
  await launch(
    new AttachDialog({
      title: trans.__('Rename variable'),
      acceptLabel: trans.__('Rename'),
      did,
      variableName,
      notebook: notebook.title,
      taken: others,
      rules: notebook.language?.names ?? PYTHON_NAMES,
      trans,
      accept: async value => {
        notebook.attachments.rename(variableName, value.variableName);
      }
    })
  );
}

/**
 * Says that there is no notebook to attach to. Resolves with whether one is wanted.
 *
 * @param isElsewhere - whether a new one opens in a page of its own, which has its own sidebar.
 */
export async function isNotebookWanted(
  trans: TranslationBundle,
  isElsewhere = false
): Promise<boolean> {
  const answer = await showDialog({
    title: trans.__('Attach to notebook'),
    body: isElsewhere
      ? trans.__(
          'Data is attached to a notebook, and this page has none. Open one, choose Rucio in its View menu, and attach there.'
        )
      : trans.__('Data is attached to a notebook, and no notebook is open.'),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('New notebook') })
    ]
  });
  return answer.button.accept;
}

/** What kind of DID it is; rejects where Rucio does not know it. */
async function typeOf(
  api: IRucioApi,
  instance: string,
  did: string,
  trans: TranslationBundle
): Promise<DidType> {
  const types = await typesOf(api, instance, [{ did }], trans);
  return types.get(did) as DidType;
}
/** What kinds of DIDs they are, asked in one request; rejects where Rucio does not know one. */
async function typesOf(
  api: IRucioApi,
  instance: string,
  items: readonly { did: string; type?: DidType }[],
  trans: TranslationBundle
): Promise<Map<string, DidType>> {
  const types = new Map<string, DidType>();
  for (const { did, type } of items) {
    if (type) {
      types.set(did, type);
    }
  }
  const unknown = items.map(item => item.did).filter(did => !types.has(did));
  const said = new Map<string, string | null>();
  if (unknown.length > 0) {
    for await (const found of api.availability(instance, unknown)) {
      for (const { did, type, message } of found) {
        said.set(did, message);
        if (type !== null) {
          types.set(did, type);
        }
      }
    }
  }
  const missing = unknown.find(did => !types.has(did));
  if (missing !== undefined) {
    throw refusal(
      said.get(missing) ?? trans.__('Rucio does not know %1.', missing),
      trans.__('Check how it is written.')
    );
  }
  return types;
}

function refusal(message: string, hint: string): ApiError {
  return new ApiError(0, {
    message,
    hint,
    code: 'cannot_attach',
    rucio: null
  });
}
