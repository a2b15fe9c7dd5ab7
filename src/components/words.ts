import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';

import { ErrorCode } from '../api/errors';
import type {
  DidType,
  IAvailability,
  IErrorBody,
  ILocalCopy
} from '../api/types';
import {
  availableIcon,
  containerIcon,
  datasetIcon,
  emptyIcon,
  fileIcon,
  movingIcon,
  notAvailableIcon,
  partialIcon,
  stuckIcon,
  unknownIcon
} from '../icons';
import type { IAvailabilityEntry } from '../tokens';
import { agoWords, asOfWords, isOld } from './ages';
import { formatBytes, formatCount, formatDuration } from './format';

export type Tone = 'ok' | 'warn' | 'error' | 'plain';

/** An availability in the words and the picture of a row. */
export interface IStateWords {
  icon: LabIcon | null;
  /** Short, and always shown in full. */
  word: string;
  /** More of it, shown as far as there is room. */
  detail: string;
  tone: Tone;
  /** From 0 to 1 while it moves or has stopped on the way; null otherwise. */
  progress: number | null;
}

export function typeIcon(type: DidType): LabIcon {
  switch (type) {
    case 'container':
      return containerIcon;
    case 'dataset':
      return datasetIcon;
    default:
      return fileIcon;
  }
}

export function typeWord(type: DidType, trans: TranslationBundle): string {
  switch (type) {
    case 'container':
      return trans.__('Container');
    case 'dataset':
      return trans.__('Dataset');
    default:
      return trans.__('File');
  }
}

/**
 * The words for what is known of a DID's availability.
 *
 * @param firstRse - the destination that goes without saying; others are named
 * @param isDownload - whether available means downloaded to the server's disk
 */
export function stateWords(
  entry: IAvailabilityEntry | undefined,
  trans: TranslationBundle,
  firstRse?: string,
  isDownload = false
): IStateWords {
  const value = entry?.value;
  // The last word stands while there is none newer; its age is told beside it.
  if (entry?.error && (entry.isRefused || value === undefined)) {
    return {
      icon: entry.isRefused ? stuckIcon : unknownIcon,
      word: entry.isRefused ? trans.__('Refused') : trans.__('Unknown'),
      detail: errorText(entry.error, trans).message,
      tone: entry.isRefused ? 'error' : 'warn',
      progress: null
    };
  }
  if (entry?.pending) {
    return {
      icon: movingIcon,
      word: isDownload ? trans.__('Starting…') : trans.__('Asking Rucio…'),
      detail: '',
      tone: 'plain',
      progress: value ? fraction(value) : 0
    };
  }
  if (value === undefined) {
    return {
      icon: null,
      word: trans.__('Checking…'),
      detail: '',
      tone: 'plain',
      progress: null
    };
  }
  const words = isDownload
    ? downloadWords(value, trans)
    : valueWords(value, trans);
  const isElsewhere =
    firstRse !== undefined && value.rse !== null && value.rse !== firstRse;
  return value.state === 'available' && isElsewhere
    ? { ...words, word: trans.__('Available at %1', value.rse) }
    : words;
}

/** Of when an availability is, and whether that has to be told without being asked. */
export function ageOf(
  entry: IAvailabilityEntry | undefined,
  now: number,
  trans: TranslationBundle
): { words: string; brief: string; isTold: boolean } {
  const value = entry?.value;
  if (!value || entry.pending || value.state === 'unknown') {
    return { words: '', brief: '', isTold: false };
  }
  const words = asOfWords(value.updated_at, now, trans);
  const isFailed = entry.error !== null && !entry.isRefused;
  return {
    words,
    brief: agoWords(value.updated_at, now, trans),
    isTold: words !== '' && (isFailed || isOld(value.updated_at, now))
  };
}

function valueWords(
  value: IAvailability,
  trans: TranslationBundle
): IStateWords {
  const message = value.message ?? '';
  switch (value.state) {
    case 'available':
      return {
        icon: message ? stuckIcon : availableIcon,
        word: trans.__('Available'),
        detail: message,
        tone: message ? 'warn' : 'ok',
        progress: null
      };
    case 'partial':
      return {
        icon: partialIcon,
        word: filesOf(value, trans) ?? trans.__('Partly available'),
        detail: message,
        tone: 'warn',
        progress: null
      };
    case 'replicating':
      return {
        icon: movingIcon,
        word: filesOf(value, trans) ?? trans.__('On its way'),
        detail:
          value.eta_s === null
            ? message
            : trans.__('%1 left', formatDuration(value.eta_s)),
        tone: 'plain',
        progress: fraction(value)
      };
    case 'stuck':
      return {
        icon: stuckIcon,
        word: trans.__('Stuck'),
        detail: message || (value.rule?.error ?? ''),
        tone: 'error',
        progress: fraction(value)
      };
    case 'not_available':
      return {
        icon: notAvailableIcon,
        word: trans.__('Not available'),
        detail: message,
        tone: 'plain',
        progress: null
      };
    case 'empty':
      return {
        icon: emptyIcon,
        word: trans.__('Empty'),
        detail: message,
        tone: 'plain',
        progress: null
      };
    default:
      return {
        icon: unknownIcon,
        word: trans.__('Unknown'),
        detail: message,
        tone: 'warn',
        progress: null
      };
  }
}

/** The same where available means downloaded: what is said of a place is said of this disk. */
function downloadWords(
  value: IAvailability,
  trans: TranslationBundle
): IStateWords {
  const words = valueWords(value, trans);
  switch (value.state) {
    case 'available':
      return { ...words, word: trans.__('Downloaded') };
    case 'partial': {
      const files = filesOf(value, trans);
      return {
        ...words,
        // How many there are is said already; that they have changed is not.
        detail: files !== null && !value.local?.is_complete ? '' : words.detail,
        word:
          files === null
            ? trans.__('Partly downloaded')
            : trans.__('%1 here', files)
      };
    }
    case 'replicating':
      return {
        ...words,
        word: value.bytes_total
          ? trans.__('Downloading %1 %', Math.floor(fraction(value) * 100))
          : trans.__('Downloading')
      };
    case 'not_available':
      return { ...words, word: trans.__('Not downloaded') };
    default:
      return words;
  }
}

/** How many of a collection's files are there; null for a file, and where Rucio has not counted. */
function filesOf(value: IAvailability, trans: TranslationBundle) {
  const { files_available: there, files_total: all, type } = value;
  return type === 'file' || there === null || all === null
    ? null
    : trans.__('%1 of %2 files', formatCount(there), formatCount(all));
}

function fraction(value: IAvailability): number {
  const there = value.bytes_available ?? value.files_available;
  const all =
    value.bytes_available === null ? value.files_total : value.bytes_total;
  return there === null || !all ? 0 : Math.min(1, there / all);
}

/** What a download has put on the server's disk besides; empty for nothing. */
export function localWords(
  local: ILocalCopy | null,
  trans: TranslationBundle
): string {
  if (local === null) {
    return '';
  }
  return local.is_complete
    ? trans.__('Downloaded to %1', local.path)
    : trans.__('Partly downloaded to %1', local.path);
}

/** Size and number of files, as far as Rucio has counted them. */
export function sizeWords(
  item: { type: DidType; size: number | null; length: number | null },
  value: IAvailability | undefined,
  trans: TranslationBundle
): string {
  const length = item.length ?? value?.files_total ?? null;
  const size = item.size ?? value?.bytes_total ?? null;
  const words: string[] = [];
  if (value?.state === 'empty') {
    return '';
  }
  // “5 of 12 files” says it already.
  const isCounted = value !== undefined && filesOf(value, trans) !== null;
  const saysFiles =
    isCounted && (value.state === 'partial' || value.state === 'replicating');
  if (item.type !== 'file' && length !== null && !saysFiles) {
    words.push(trans._n('%2 file', '%2 files', length, formatCount(length)));
  }
  if (size !== null && (size > 0 || item.type === 'file')) {
    words.push(formatBytes(size));
  }
  return words.join(' · ');
}

/**
 * An error's sentence and next step.
 *
 * Those that the browser makes itself are worded here, where they can be translated; the server words
 * its own.
 */
export function errorText(
  error: IErrorBody,
  trans: TranslationBundle
): { message: string; hint: string } {
  switch (error.code) {
    case ErrorCode.serverMissing:
      return {
        message: trans.__(
          'The server part of the Rucio extension does not answer.'
        ),
        hint: trans.__(
          'Install rucio-jupyterlab where Jupyter Server runs, check that “jupyter server extension list” shows rucio_jupyterlab as enabled, and restart Jupyter.'
        )
      };
    case ErrorCode.versionMismatch:
      return {
        message: trans.__(
          'The server part of the Rucio extension has another version than this page.'
        ),
        hint: trans.__(
          'Reload the page. If it stays, install the same version of rucio-jupyterlab for Jupyter Server and for JupyterLab.'
        )
      };
    case ErrorCode.jupyterUnreachable:
      return {
        message: trans.__('The Jupyter server does not answer.'),
        hint: trans.__(
          'Check the connection; the Jupyter server may have been stopped.'
        )
      };
    case ErrorCode.jupyterSlow:
      return {
        message: trans.__('The Jupyter server takes too long to answer.'),
        hint: trans.__('Try again in a moment.')
      };
    case ErrorCode.jupyterSignedOut:
      return {
        message: trans.__('Jupyter no longer accepts this page.'),
        hint: trans.__('Reload the page and sign in to Jupyter again.')
      };
    case ErrorCode.streamCut:
      return {
        message: trans.__('The list broke off before its end.'),
        hint: trans.__('What arrived is shown. Try again for the whole list.')
      };
    default:
      return { message: error.message, hint: error.hint ?? '' };
  }
}
