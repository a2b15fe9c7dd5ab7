import type { ReadonlyJSONObject } from '@lumino/coreutils';

import type { DidType } from './api/types';

export namespace CommandIDs {
  export const open = 'rucio:open';
  export const signIn = 'rucio:sign-in';
  export const signOut = 'rucio:sign-out';
  export const search = 'rucio:search';
  export const refresh = 'rucio:refresh';
  export const reloadConfiguration = 'rucio:reload-configuration';
  export const diagnose = 'rucio:diagnose';
  export const makeAvailable = 'rucio:make-available';
  export const searchInside = 'rucio:search-inside';
  export const makeAvailableAs = 'rucio:make-available-as';
  export const explain = 'rucio:explain';
  export const retryRule = 'rucio:retry-rule';
  export const extendRule = 'rucio:extend-rule';
  export const endRule = 'rucio:end-rule';
  export const showDetails = 'rucio:show-details';
  export const insertPath = 'rucio:insert-path';
  export const insertDidSnippet = 'rucio:insert-did-snippet';
  export const openInFileBrowser = 'rucio:open-in-file-browser';
  export const openInWebui = 'rucio:open-in-webui';
  export const copyDid = 'rucio:copy-did';
  export const copyPath = 'rucio:copy-path';
  export const upload = 'rucio:upload';
  export const download = 'rucio:download';
  export const cancelDownload = 'rucio:cancel-download';
  export const deleteCopy = 'rucio:delete-copy';
  export const showCopies = 'rucio:show-copies';

  export const attach = 'rucio:attach';
  export const detach = 'rucio:detach';
  export const renameAttachment = 'rucio:rename-attachment';
  export const injectAgain = 'rucio:inject-again';
  export const insertSnippet = 'rucio:insert-snippet';

  export const showTransfers = 'rucio:show-transfers';
  export const cancelTransfer = 'rucio:cancel-transfer';
  export const retryTransfer = 'rucio:retry-transfer';
  export const removeTransfer = 'rucio:remove-transfer';
  export const clearTransfers = 'rucio:clear-transfers';
  export const showTransferLog = 'rucio:show-transfer-log';
  export const openTransferFolder = 'rucio:open-transfer-folder';
  export const copyTransferDids = 'rucio:copy-transfer-dids';
}

/** Arguments of the commands that act on one DID. */
export interface IDidArgs {
  did?: string;
  type?: DidType;
  /** The active instance where it is left out. */
  instance?: string;
}

/** The JSON schema of the arguments of commands that are about a download or an upload. */
export const JOB_ARGS_SCHEMA: ReadonlyJSONObject = {
  type: 'object',
  properties: {
    job: {
      type: 'string',
      description:
        'The id of a download or an upload; the one under the context menu where it is left out'
    }
  }
};

/** The JSON schema of the arguments of commands that are about an instance. */
export const INSTANCE_ARGS_SCHEMA: ReadonlyJSONObject = {
  type: 'object',
  properties: {
    instance: {
      type: 'string',
      description:
        'The name of the Rucio instance; the active one where it is left out'
    }
  }
};

/** The JSON schema of `IDidArgs`, for a command's `describedBy`. */
export const DID_ARGS_SCHEMA: ReadonlyJSONObject = {
  type: 'object',
  properties: {
    did: {
      type: 'string',
      description: 'The data identifier, scope:name'
    },
    type: {
      type: 'string',
      enum: ['container', 'dataset', 'file'],
      description: 'What kind of DID it is, where that is known'
    },
    instance: {
      type: 'string',
      description:
        'The name of the Rucio instance; the active one where it is left out'
    }
  }
};
