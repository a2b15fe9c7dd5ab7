import type { TranslationBundle } from '@jupyterlab/translation';

import type { IInstance } from '../api/types';
import type { IReloaded } from '../tokens';

/** What came of reading the configuration again, in sentences. */
export function reloadWords(
  { added, removed, mended, wrong }: IReloaded,
  trans: TranslationBundle
): string {
  const words = [trans.__('The configuration was read again.')];
  if (added.length > 0) {
    words.push(trans.__('Added: %1.', names(added)));
  }
  if (removed.length > 0) {
    words.push(trans.__('No longer there: %1.', names(removed)));
  }
  if (mended.length > 0) {
    words.push(trans.__('Can be used now: %1.', names(mended)));
  }
  if (wrong.length > 0) {
    words.push(trans.__('Cannot be used: %1.', names(wrong)));
  }
  if (words.length === 1) {
    words.push(trans.__('No Rucio was added or removed.'));
  }
  return words.join(' ');
}

function names(instances: readonly IInstance[]): string {
  return instances.map(instance => instance.display_name).join(', ');
}
