import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../api/errors';
import type { DidType } from '../api/types';
import type { AttachedNotebook } from '../kernels/attachedNotebook';
import { PYTHON_NAMES } from '../kernels/pythonNames';
import type { IAttachment } from '../model/attachments';
import type { IInstancesModel, IRucioApi } from '../tokens';
import { AttachDialog } from './attachDialog';

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
  const dialog = new AttachDialog({
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
  });
  await dialog.launch();
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
  const dialog = new AttachDialog({
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
  });
  await dialog.launch();
}

/** Says that there is no notebook to attach to. Resolves with whether one is wanted. */
export async function isNotebookWanted(
  trans: TranslationBundle
): Promise<boolean> {
  const answer = await showDialog({
    title: trans.__('Attach to notebook'),
    body: trans.__('Data is attached to a notebook, and no notebook is open.'),
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
  const [found] = await api.availability(instance, [did]);
  if (found.type === null) {
    throw refusal(
      found.message ?? trans.__('Rucio does not know %1.', did),
      trans.__('Check how it is written.')
    );
  }
  return found.type;
}

function refusal(message: string, hint: string): ApiError {
  return new ApiError(0, {
    message,
    hint,
    code: 'cannot_attach',
    rucio: null
  });
}
