import type { TranslationBundle } from '@jupyterlab/translation';

import type { IPlan, IPlanPlace } from '../api/types';
import { missingBytes, type Concern } from '../model/concerns';
import { formatBytes, formatCount } from './format';

/** How much there is: “12 files, 3.4 GB”; says so where Rucio has not counted. */
export function amountWords(
  files: number | null,
  bytes: number | null,
  trans: TranslationBundle
): string {
  const words: string[] = [];
  if (files !== null) {
    words.push(trans._n('%2 file', '%2 files', files, formatCount(files)));
  }
  if (bytes !== null) {
    words.push(formatBytes(bytes));
  }
  return words.length > 0
    ? words.join(', ')
    : trans.__('Rucio has not counted how much it is.');
}

/** A place in the middle of a sentence. */
export function placeName(
  place: Pick<IPlanPlace, 'rse'>,
  trans: TranslationBundle
): string {
  return place.rse ?? trans.__('the disk of this server');
}

/** What the account may still put at a place; on a disk, what is free. */
export function quotaWords(
  place: Pick<IPlanPlace, 'rse' | 'has_quota' | 'bytes_left' | 'bytes_limit'>,
  trans: TranslationBundle
): string {
  if (place.rse === null) {
    return place.bytes_left === null
      ? ''
      : trans.__('%1 free', formatBytes(Math.max(0, place.bytes_left)));
  }
  if (place.has_quota === false) {
    return trans.__('no quota');
  }
  if (place.bytes_left !== null) {
    const left = formatBytes(Math.max(0, place.bytes_left));
    return place.bytes_limit === null
      ? trans.__('%1 of quota left', left)
      : trans.__('%1 of %2 left', left, formatBytes(place.bytes_limit));
  }
  return place.has_quota ? trans.__('no limit') : trans.__('quota not known');
}

/** How full a place is with the account's data, from 0 to 1; null where there is no limit. */
export function quotaFraction(
  place: Pick<IPlanPlace, 'bytes_used' | 'bytes_limit'>
): number | null {
  const { bytes_used: used, bytes_limit: limit } = place;
  return used === null || !limit ? null : Math.min(1, used / limit);
}

/** What is at a place already. */
export function presenceWords(
  place: IPlanPlace,
  plan: IPlan,
  trans: TranslationBundle
): string {
  switch (place.state) {
    case 'available':
      return trans.__('all of it is there');
    case 'replicating':
      return trans.__('on its way there');
    case 'stuck':
      return trans.__('stuck on its way there');
    case 'partial': {
      const { files_missing: missing } = place;
      return missing === null || plan.files === null
        ? trans.__('some of it is there')
        : trans.__(
            '%1 of %2 files are there',
            formatCount(plan.files - missing),
            formatCount(plan.files)
          );
    }
    case 'not_available':
      return trans.__('nothing of it is there');
    default:
      return '';
  }
}

/** The other sites that have it, the fullest first. */
export function sourceWords(plan: IPlan, trans: TranslationBundle): string {
  const isDownload = plan.places[0]?.rse === null;
  const names = plan.sources
    .filter(source => source.available_files !== 0)
    .map(source => {
      const { rse, files, available_files: available } = source;
      const all = plan.files ?? files;
      return available === null || all === null || available >= all
        ? rse
        : trans.__(
            '%1 (%2 of %3 files)',
            rse,
            formatCount(available),
            formatCount(all)
          );
    });
  return names.length > 0
    ? isDownload
      ? trans.__('Sites that have it: %1', names.join(', '))
      : trans.__('Other sites that have it: %1', names.join(', '))
    : isDownload
      ? trans.__('Rucio lists no site that has it.')
      : trans.__('Rucio lists no other site that has it.');
}

export function concernWords(
  concern: Concern,
  plan: IPlan,
  place: IPlanPlace,
  trans: TranslationBundle
): string {
  if (place.rse === null) {
    return diskConcernWords(concern, place, plan, trans);
  }
  switch (concern) {
    case 'no-quota':
      return trans.__(
        'You have no quota at %1: Rucio will refuse. Ask for one, or choose another place.',
        place.rse
      );
    case 'over-quota':
      return trans.__(
        'It is %1 and your quota at %2 has %3 left: Rucio will refuse. End rules that you no longer need, or ask for more.',
        formatBytes(plan.bytes ?? 0),
        place.rse,
        formatBytes(Math.max(0, place.bytes_left ?? 0))
      );
    case 'no-source':
      return trans.__(
        'Rucio knows of no site that has a copy, so it may never arrive.'
      );
    case 'not-mounted':
      return trans.__(
        '%1 is not mounted here: notebooks will not find the data until %2 is.',
        place.rse,
        place.mount_path
      );
    default:
      return trans.__(
        'It is large: it will take time to move and count against your quota.'
      );
  }
}

function diskConcernWords(
  concern: Concern,
  place: IPlanPlace,
  plan: IPlan,
  trans: TranslationBundle
): string {
  switch (concern) {
    case 'no-quota':
    case 'over-quota':
      return trans.__(
        'It is %1 and %2 are free: it does not fit on the disk of this server. Delete local copies that you no longer need.',
        formatBytes(missingBytes(plan, place) ?? 0),
        formatBytes(Math.max(0, place.bytes_left ?? 0))
      );
    case 'no-source':
      return trans.__('Rucio knows of no site that has a copy.');
    case 'not-mounted':
      return trans.__('The folder %1 cannot be written to.', place.mount_path);
    default:
      return trans.__('It is large: it will take time and room on the disk.');
  }
}

/** How long a rule that is made without a wish of one's own keeps the data. */
export function lifetimeWords(
  lifetimeDays: number | null,
  trans: TranslationBundle
): string {
  return lifetimeDays === null
    ? trans.__('for ever')
    : trans._n('for %1 day', 'for %1 days', lifetimeDays);
}
