import type { TranslationBundle } from '@jupyterlab/translation';

import type { IAvailabilityEntry } from '../tokens';

/** The one thing that makes sense to do with a row. */
export type RowAction = 'make-available' | 'attach' | 'explain' | 'check';

export function rowAction(
  entry: IAvailabilityEntry | undefined
): RowAction | null {
  if (!entry || entry.pending) {
    return null;
  }
  if (entry.error && (entry.isRefused || !entry.value)) {
    return entry.isRefused ? 'explain' : 'check';
  }
  switch (entry.value?.state) {
    case 'available':
      return 'attach';
    case 'partial':
    case 'not_available':
      return 'make-available';
    case 'stuck':
      return 'explain';
    case 'unknown':
      return 'check';
    default:
      return null;
  }
}

export function rowActionLabel(
  action: RowAction,
  trans: TranslationBundle,
  isDownload = false
): string {
  switch (action) {
    case 'make-available':
      return isDownload ? trans.__('Download') : trans.__('Make available');
    case 'attach':
      return trans.__('Attach');
    case 'explain':
      return trans.__('Why?');
    default:
      return trans.__('Check again');
  }
}
