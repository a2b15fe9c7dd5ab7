import type { TranslationBundle } from '@jupyterlab/translation';
import { addIcon, type LabIcon } from '@jupyterlab/ui-components';

import type {
  IUploadDataset,
  IUploadPlan,
  UploadStatus
} from '../../api/types';
import { availableIcon, notAvailableIcon, stuckIcon } from '../../icons';
import type { Obstacle } from '../../model/upload';
import type { UploadField } from '../../model/uploadFields';
import type { IUploadChoice } from '../../model/uploadPlaces';
import { formatBytes, formatCount } from '../format';
import { amountWords } from '../planWords';
import { errorText } from '../words';

/** What is missing, as a sentence that says what to do. */
export function missingFieldWords(
  field: UploadField,
  trans: TranslationBundle
): string {
  switch (field) {
    case 'paths':
      return trans.__('Choose the files that are to be uploaded.');
    case 'scope':
      return trans.__('Choose the scope that the names are to be in.');
    case 'rse':
      return trans.__('Choose the RSE that the files are to go to.');
    case 'dataset':
      return trans.__('That is no name of a dataset: it is scope:name.');
    default:
      return trans.__('That is no whole number of days.');
  }
}

/** Why the upload cannot start now; empty while the plan says it where it is shown. */
export function obstacleWords(
  obstacle: Obstacle | null,
  trans: TranslationBundle
): string {
  switch (obstacle?.kind) {
    case 'missing':
      return missingFieldWords(obstacle.field, trans);
    case 'asking':
      return trans.__('Looking at the files, and asking Rucio about them…');
    case 'unplanned':
      return trans.__('It cannot start before it is known what would be made.');
    case 'planned':
      return plannedObstacleWords(obstacle.plan, trans);
    case 'sending':
      return trans.__('Starting…');
    default:
      return '';
  }
}

function plannedObstacleWords(
  plan: IUploadPlan,
  trans: TranslationBundle
): string {
  const { counts, problems } = plan;
  if (problems.length > 0) {
    return trans._n(
      'It cannot start: see what stands in the way above.',
      'It cannot start: see the %1 things that stand in the way above.',
      problems.length
    );
  }
  const bad =
    counts.conflict +
    counts.invalid_name +
    counts.duplicate +
    counts.unreadable;
  if (bad > 0) {
    return trans._n(
      'It cannot start before %2 file is mended or left out.',
      'It cannot start before %2 files are mended or left out.',
      bad,
      formatCount(bad)
    );
  }
  return counts.exists > 0
    ? trans.__('All of it is in Rucio already: nothing is left to upload.')
    : trans.__('There is no file in it: nothing would be uploaded.');
}

/** How much will be made. */
export function creationWords(
  plan: IUploadPlan,
  trans: TranslationBundle
): string {
  return plan.counts.new === 0
    ? trans.__('Nothing new.')
    : trans.__(
        '%1, to %2',
        amountWords(plan.counts.new, plan.bytes, trans),
        plan.place.rse
      );
}

/** The others, by what is the matter with them; each a sentence. */
export function countWords(
  plan: IUploadPlan,
  trans: TranslationBundle
): { status: UploadStatus; words: string }[] {
  // What stands in the way the server says itself, with an example.
  const told = plan.problems.length > 0 ? UNPROBLEMATIC : COUNTED;
  return told
    .filter(status => plan.counts[status] > 0)
    .map(status => ({
      status,
      words: countSentence(status, plan.counts[status], trans)
    }));
}

const UNPROBLEMATIC = ['exists'] as const;

/** The worst first. */
const COUNTED = [
  'conflict',
  'invalid_name',
  'duplicate',
  'unreadable',
  'exists'
] as const;

function countSentence(
  status: (typeof COUNTED)[number],
  count: number,
  trans: TranslationBundle
): string {
  const files = formatCount(count);
  switch (status) {
    case 'conflict':
      return trans._n(
        '%2 file has a name that stands for other content in Rucio.',
        '%2 files have names that stand for other content in Rucio.',
        count,
        files
      );
    case 'invalid_name':
      return trans._n(
        '%2 file would get a name that this Rucio refuses.',
        '%2 files would get names that this Rucio refuses.',
        count,
        files
      );
    case 'duplicate':
      return trans._n(
        '%2 file would get the name of another one.',
        '%2 files would get the names of others.',
        count,
        files
      );
    case 'unreadable':
      return trans._n(
        '%2 file cannot be read.',
        '%2 files cannot be read.',
        count,
        files
      );
    default:
      return trans._n(
        '%2 file is in Rucio already, with the same content.',
        '%2 files are in Rucio already, with the same content.',
        count,
        files
      );
  }
}

export function statusWord(
  status: UploadStatus,
  trans: TranslationBundle
): string {
  switch (status) {
    case 'new':
      return trans.__('New');
    case 'exists':
      return trans.__('There already');
    case 'conflict':
      return trans.__('Conflict');
    case 'invalid_name':
      return trans.__('Name not taken');
    case 'duplicate':
      return trans.__('Duplicate');
    default:
      return trans.__('Not readable');
  }
}

/** A picture of the status, and how bad it is. */
export function statusLook(status: UploadStatus): {
  icon: LabIcon;
  tone: 'plain' | 'ok' | 'error';
} {
  switch (status) {
    case 'new':
      return { icon: addIcon, tone: 'plain' };
    case 'exists':
      return { icon: availableIcon, tone: 'ok' };
    case 'unreadable':
      return { icon: notAvailableIcon, tone: 'error' };
    default:
      return { icon: stuckIcon, tone: 'error' };
  }
}

/** What becomes of the dataset. */
export function datasetWords(
  dataset: IUploadDataset,
  trans: TranslationBundle
): { words: string; tone: 'plain' | 'error' } {
  const { did, exists, is_open: isOpen, files } = dataset;
  if (!exists) {
    return {
      words: trans.__('The dataset %1 will be made.', did),
      tone: 'plain'
    };
  }
  if (isOpen === false) {
    return {
      words: trans.__('The dataset %1 is closed and takes no more.', did),
      tone: 'error'
    };
  }
  return {
    words:
      files === null
        ? trans.__('They are added to the dataset %1.', did)
        : trans._n(
            'They are added to the dataset %2, which has %3 file.',
            'They are added to the dataset %2, which has %3 files.',
            files,
            did,
            formatCount(files)
          ),
    tone: 'plain'
  };
}

/** What speaks against the RSE, where the server has not said it as a problem. */
export function placeWarnings(
  plan: IUploadPlan,
  trans: TranslationBundle
): string[] {
  const { place, bytes } = plan;
  const words: string[] = [];
  const isTold = (word: string) =>
    plan.problems.some(({ code }) => code.includes(word));
  if (place.bytes_left !== null && bytes > place.bytes_left) {
    if (!isTold('quota')) {
      words.push(
        trans.__(
          'It is %1 and your quota at %2 has %3 left: Rucio will refuse.',
          formatBytes(bytes),
          place.rse,
          formatBytes(Math.max(0, place.bytes_left))
        )
      );
    }
  }
  if (place.accepts_sign_in === false && !isTold('sign_in')) {
    words.push(
      trans.__(
        'The storage of %1 does not take the way in which you are signed in.',
        place.rse
      )
    );
  }
  return words;
}

/** Whether any of it goes from site to site, in so far as the list tells. */
export function hasThirdParty(plan: IUploadPlan | null): boolean {
  return plan?.items.some(({ via }) => via === 'third_party') ?? false;
}

/** What goes from site to site, in so far as the list tells; empty for nothing. */
export function thirdPartyWords(
  plan: IUploadPlan,
  trans: TranslationBundle
): string {
  const isMeant = (one: { status: UploadStatus }) => one.status === 'new';
  const items = plan.items.filter(isMeant);
  const count = items.filter(one => one.via === 'third_party').length;
  if (count === 0) {
    return '';
  }
  return count === items.length
    ? trans.__(
        'Moved by Rucio between storages, and not through this server: it lies on scratch storage.'
      )
    : trans._n(
        '%2 file is moved by Rucio between storages, and not through this server: it lies on scratch storage.',
        '%2 files are moved by Rucio between storages, and not through this server: they lie on scratch storage.',
        count,
        formatCount(count)
      );
}

/** An RSE with what is left there, on one line. */
export function choiceWords(
  choice: IUploadChoice,
  trans: TranslationBundle
): string {
  const { rse, bytesLeft, bytesLimit, isOwn } = choice;
  return isOwn && bytesLeft !== null && bytesLimit !== null
    ? trans.__(
        '%1: %2 of %3 left',
        rse,
        formatBytes(bytesLeft),
        formatBytes(bytesLimit)
      )
    : rse;
}

/** Why there is no plan, or why the upload was refused: what it is and what may help. */
export function faultWords(
  error: Parameters<typeof errorText>[0],
  trans: TranslationBundle
): string {
  const { message, hint } = errorText(error, trans);
  return `${message} ${hint}`.trim();
}
