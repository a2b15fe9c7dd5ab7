import type { TranslationBundle } from '@jupyterlab/translation';

import type { AvailabilityState, IResolved } from '../api/types';
import type { IAttachment } from '../model/attachments';
import type { IVariable } from './kernel';
import { isThere } from './resolver';

/** What is sent to the kernel for an attachment, from what the server said of it. */
export function toVariable(
  attachment: IAttachment,
  resolved: IResolved,
  instance: string | null,
  trans: TranslationBundle
): IVariable {
  const { state, items, manifest, message } = resolved;
  const common = {
    // Rucio knows better than a notebook of long ago what kind of DID it is.
    type: typeOf(attachment, resolved),
    variableName: attachment.variableName,
    did: attachment.did,
    ...(instance === null ? {} : { instance })
  };
  const files = manifest
    ? { files: null, manifest }
    : { files: items ?? (isThere(state) ? [] : null) };
  return isThere(state)
    ? { ...common, didAvailable: true, ...files }
    : {
        ...common,
        didAvailable: false,
        ...files,
        message: message ?? whyNot(state, trans)
      };
}

function typeOf(
  attachment: IAttachment,
  { type, state }: IResolved
): IVariable['type'] {
  if (state === 'unknown') {
    return attachment.type;
  }
  return type === 'file' ? 'file' : 'collection';
}

function whyNot(state: AvailabilityState, trans: TranslationBundle): string {
  switch (state) {
    case 'partial':
      return trans.__('some of its files are not there');
    case 'replicating':
      return trans.__('its files are on their way');
    case 'stuck':
      return trans.__('its transfer is stuck');
    default:
      return trans.__('its files are not at the destination');
  }
}
