import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';

import type { IResolved } from '../api/types';
import {
  availableIcon,
  movingIcon,
  notAvailableIcon,
  stuckIcon,
  unknownIcon
} from '../icons';
import type { ISummary, KernelState, WaitReason } from '../kernels/states';
import type { EntryFault } from '../model/attachments';
import type { INameRules, NameFault } from '../model/variableName';
import type { IInstancesModel } from '../tokens';
import { formatCount } from './format';
import { errorText, type Tone } from './words';

/** Where a variable is on its way into the kernel, in words. */
export interface IKernelWords {
  icon: LabIcon;
  /** Short, and always shown in full. */
  word: string;
  /** A sentence or two below, where there is more to say. */
  detail: string;
  tone: Tone;
}

export function kernelWords(
  state: KernelState,
  trans: TranslationBundle
): IKernelWords {
  switch (state.kind) {
    case 'resolving':
      return plain(movingIcon, trans.__('finding its files…'));
    case 'waiting':
      return waitingWords(state.reason, trans);
    case 'sending':
      return plain(movingIcon, trans.__('sending…'));
    case 'ready':
      return {
        icon: availableIcon,
        word: trans.__('ready'),
        detail: '',
        tone: 'ok'
      };
    case 'file':
      return plain(
        availableIcon,
        trans.__('in a file'),
        trans.__(
          'This kernel’s language gets no variables. Read the paths from the JSON file %1',
          state.path
        )
      );
    case 'unavailable':
      return {
        icon: notAvailableIcon,
        word: trans.__('not available'),
        detail: state.message,
        tone: 'plain'
      };
    case 'failed': {
      const { message, hint } = errorText(state.error, trans);
      return {
        icon: stuckIcon,
        word: trans.__('failed'),
        detail: `${message} ${hint}`.trim(),
        tone: 'error'
      };
    }
  }
}

function waitingWords(
  reason: WaitReason,
  trans: TranslationBundle
): IKernelWords {
  switch (reason) {
    case 'no_kernel':
      return plain(
        unknownIcon,
        trans.__('waiting for kernel'),
        trans.__('No kernel is running. Start one to use the variable.')
      );
    case 'dead':
      return {
        icon: stuckIcon,
        word: trans.__('waiting for kernel'),
        detail: trans.__('The kernel has died. Restart it.'),
        tone: 'warn'
      };
    case 'busy':
      return plain(movingIcon, trans.__('waiting for kernel (busy)'));
    case 'starting':
      return plain(movingIcon, trans.__('waiting for kernel'));
  }
}

function plain(icon: LabIcon, word: string, detail = ''): IKernelWords {
  return { icon, word, detail, tone: 'plain' };
}

/** The instance of an attachment, in words. */
export interface IInstanceWords {
  text: string;
  tone: Extract<Tone, 'plain' | 'warn'>;
}

/**
 * Of which instance an attachment is.
 *
 * @param instance - its name; null while there is none
 * @returns null where there is only one that can be meant
 */
export function instanceWords(
  instance: string | null,
  instances: Pick<IInstancesModel, 'phase' | 'items' | 'get'>,
  trans: TranslationBundle
): IInstanceWords | null {
  if (instance === null || instances.phase !== 'ready') {
    return null;
  }
  const configured = instances.get(instance);
  if (configured === undefined) {
    return {
      text: trans.__('%1: not configured here', instance),
      tone: 'warn'
    };
  }
  return instances.items.length > 1
    ? { text: configured.display_name, tone: 'plain' }
    : null;
}

/** Where the data of an attachment is: a file's path, or a collection's first and how many more. */
export function placeWords(
  resolved: IResolved | null,
  trans: TranslationBundle
): string | null {
  const paths = resolved?.items?.flatMap(({ path }) => path ?? []) ?? [];
  if (paths.length === 0) {
    return null;
  }
  return paths.length === 1
    ? paths[0]
    : trans.__('%1 and %2 more', paths[0], paths.length - 1);
}

/** What is wrong with an entry of the metadata. */
export function entryFaultWords(
  fault: EntryFault,
  trans: TranslationBundle
): string {
  switch (fault) {
    case 'not_a_list':
      return trans.__(
        'The list of attachments in this notebook cannot be read.'
      );
    case 'name_twice':
      return trans.__(
        'The name is used by another attachment. Detach one of them.'
      );
    case 'no_did':
      return trans.__('It does not say which data identifier it means.');
    case 'no_variable_name':
      return trans.__('It does not say the name of its variable.');
    case 'not_an_entry':
      return trans.__('It is not an attachment.');
  }
}

/** What is wrong with a name that somebody types. */
export function nameFaultWords(
  fault: NameFault,
  name: string,
  rules: INameRules,
  trans: TranslationBundle
): string {
  switch (fault) {
    case 'empty':
      return trans.__('Type the name of the variable.');
    case 'shape':
      return trans.__(
        'A name in %1 has letters, digits and underscores, and does not begin with a digit.',
        rules.displayName
      );
    case 'reserved':
      return trans.__(
        '“%1” is a word that %2 keeps for itself.',
        name,
        rules.displayName
      );
    case 'builtin':
      return trans.__(
        '“%1” has a meaning in every notebook, which the variable would hide.',
        name
      );
    case 'taken':
      return trans.__('“%1” is attached to this notebook already.', name);
  }
}

/** A notebook's attachments in a word, for its toolbar. */
export function summaryWords(
  { kind, count }: ISummary,
  trans: TranslationBundle
): { word: string; tone: Tone } {
  const number = formatCount(count);
  switch (kind) {
    case 'none':
      return { word: '', tone: 'plain' };
    case 'ready':
      return { word: trans.__('%1 ready', number), tone: 'ok' };
    case 'file':
      return { word: trans.__('%1 in files', number), tone: 'plain' };
    case 'moving':
      return { word: trans.__('%1 waiting', number), tone: 'plain' };
    case 'unavailable':
      return { word: trans.__('%1 not available', number), tone: 'warn' };
    case 'failed':
      return { word: trans.__('%1 failed', number), tone: 'error' };
  }
}

/** The words beside the section's title. */
export function captionWords(
  title: string,
  summary: ISummary,
  trans: TranslationBundle
): string {
  const { word } = summaryWords(summary, trans);
  return word ? `${title} · ${word}` : title;
}
