import type { TranslationBundle } from '@jupyterlab/translation';

import type { IReplicas } from '../../api/types';
import type { Tone } from '../words';

/** How much of a DID is at a site, in a word and as a share. */
export interface IReplicaWords {
  word: string;
  tone: Tone;
  /** From 0 to 1; null where Rucio has not counted. */
  fraction: number | null;
}

/** Rucio's states of replicas (`rucio.db.sqla.constants.ReplicaState`) in words. */
export function replicaWords(
  replicas: IReplicas,
  trans: TranslationBundle
): IReplicaWords {
  const fraction = fractionOf(replicas);
  const said = (word: string, tone: Tone) => ({ word, tone, fraction });
  switch (replicas.state.toUpperCase()) {
    case 'AVAILABLE':
      return fraction !== null && fraction < 1
        ? said(trans.__('partial'), 'warn')
        : said(trans.__('complete'), 'ok');
    case 'PARTIAL':
      return said(trans.__('partial'), 'warn');
    case 'UNAVAILABLE':
      return said(trans.__('not available'), 'plain');
    case 'COPYING':
      return said(trans.__('on its way'), 'plain');
    case 'BEING_DELETED':
      return said(trans.__('being deleted'), 'warn');
    case 'BAD':
      return said(trans.__('bad'), 'error');
    case 'TEMPORARY_UNAVAILABLE':
      return said(trans.__('for a while not available'), 'warn');
    default:
      // A word of a Rucio that is newer than this one still says more than nothing.
      return said(replicas.state.toLowerCase().replace(/_/g, ' '), 'plain');
  }
}

/** The most complete first; of equals those that this Jupyter can read, then by name. */
export function byCompleteness(
  configured: ReadonlySet<string>
): (a: IReplicas, b: IReplicas) => number {
  return (a, b) =>
    (fractionOf(b) ?? 0) - (fractionOf(a) ?? 0) ||
    Number(configured.has(b.rse)) - Number(configured.has(a.rse)) ||
    a.rse.localeCompare(b.rse);
}

function fractionOf(replicas: IReplicas): number | null {
  const { files, available_files, bytes, available_bytes } = replicas;
  if (bytes && available_bytes !== null) {
    return Math.min(1, available_bytes / bytes);
  }
  if (files && available_files !== null) {
    return Math.min(1, available_files / files);
  }
  return replicas.pfns !== undefined &&
    replicas.state.toUpperCase() === 'AVAILABLE'
    ? 1
    : null;
}
