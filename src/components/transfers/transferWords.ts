import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';

import type { IJob, IRule, JobItemState } from '../../api/types';
import {
  availableIcon,
  clockIcon,
  downloadingIcon,
  movingIcon,
  notAvailableIcon,
  partialIcon,
  replicatingIcon,
  skippedIcon,
  stuckIcon,
  uploadingIcon
} from '../../icons';
import { fractionOf, isActive } from '../../model/jobStates';
import {
  kindOf,
  type ITransferTotal,
  type IRuleTransfer,
  type Transfer
} from '../../model/transfers';
import type { IAvailabilityEntry, IJobEntry } from '../../tokens';
import { formatBytes, formatCount, formatDuration } from '../format';
import { errorText, stateWords, type Tone } from '../words';

/** A transfer in the words of its row. */
export interface ITransferWords {
  icon: LabIcon;
  /** Short, and always shown in full. */
  word: string;
  /** Bytes, rate and time left, the most important first; the last ones give way. */
  figures: string[];
  /** Why it is as it is, in a sentence or two. */
  detail: string;
  /** The next step, where there is one. */
  hint: string;
  tone: Tone;
  /** From 0 to 1; null where there is no bar. */
  progress: number | null;
  /** Whether the bar says how far it had come, and goes on no more. */
  isStill: boolean;
}

/** What a transfer does, with its picture. */
export function kindWords(
  transfer: Transfer,
  trans: TranslationBundle
): { icon: LabIcon; word: string } {
  switch (kindOf(transfer)) {
    case 'download':
      return { icon: downloadingIcon, word: trans.__('Download') };
    case 'upload':
      return { icon: uploadingIcon, word: trans.__('Upload') };
    default:
      return { icon: replicatingIcon, word: trans.__('Replication') };
  }
}

export function jobWords(
  entry: IJobEntry,
  trans: TranslationBundle
): ITransferWords {
  const { job, error, pending } = entry;
  const refusal = error && errorText(error, trans);
  const words: ITransferWords = {
    ...stateOfJob(entry, trans),
    figures: figuresOf(job, trans),
    detail: job.message ?? '',
    hint: '',
    progress: null,
    isStill: !isActive(job)
  };
  if (isActive(job)) {
    words.progress = job.state === 'running' ? (fractionOf(job) ?? 0) : null;
  } else if (job.state !== 'done' && job.bytes_done > 0) {
    // How far it had come is worth knowing for whoever thinks of going on.
    words.progress = fractionOf(job);
  }
  if (job.error && pending === null) {
    const { message, hint } = errorText(job.error, trans);
    words.detail = message;
    words.hint = hint;
  }
  if (refusal) {
    words.detail = refusal.message;
    words.hint = refusal.hint;
  }
  if (isActive(job) && !job.is_here && !words.detail) {
    words.detail = trans.__('Another program of yours runs it.');
  }
  return words;
}

function stateOfJob(
  { job, pending }: IJobEntry,
  trans: TranslationBundle
): Pick<ITransferWords, 'icon' | 'word' | 'tone'> {
  if (pending === 'cancel') {
    return {
      icon: notAvailableIcon,
      word: trans.__('Cancelling…'),
      tone: 'plain'
    };
  }
  switch (job.state) {
    case 'queued':
      return { icon: clockIcon, word: trans.__('Waiting'), tone: 'plain' };
    case 'running':
      return job.kind === 'upload'
        ? { icon: uploadingIcon, word: trans.__('Uploading'), tone: 'plain' }
        : { icon: movingIcon, word: trans.__('Downloading'), tone: 'plain' };
    case 'done':
      return {
        icon: availableIcon,
        word: job.kind === 'upload' ? trans.__('Uploaded') : trans.__('Done'),
        tone: 'ok'
      };
    case 'failed':
      return { icon: stuckIcon, word: trans.__('Failed'), tone: 'error' };
    case 'interrupted':
      return { icon: partialIcon, word: trans.__('Interrupted'), tone: 'warn' };
    default:
      return {
        icon: notAvailableIcon,
        word: trans.__('Cancelled'),
        tone: 'plain'
      };
  }
}

function figuresOf(job: IJob, trans: TranslationBundle): string[] {
  const figures: string[] = [];
  const { bytes_done, bytes_total, files_done, files_failed } = job;
  const files = job.files_total;
  if (job.state === 'done') {
    figures.push(formatBytes(bytes_total ?? bytes_done));
  } else if (bytes_total !== null) {
    figures.push(amountWords(bytes_done, bytes_total, trans));
  }
  if (job.state === 'running') {
    if (job.rate_bytes_s) {
      figures.push(trans.__('%1/s', formatBytes(job.rate_bytes_s)));
    }
    if (job.eta_s !== null) {
      figures.push(trans.__('%1 left', formatDuration(job.eta_s)));
    }
  }
  if (files_failed > 0) {
    figures.unshift(
      trans._n(
        '%2 file failed',
        '%2 files failed',
        files_failed,
        formatCount(files_failed)
      )
    );
  }
  if (files !== null && files > 1) {
    figures.push(
      job.state === 'done' || job.state === 'queued'
        ? trans._n('%2 file', '%2 files', files, formatCount(files))
        : trans.__(
            '%1 of %2 files',
            formatCount(files_done),
            formatCount(files)
          )
    );
  }
  return figures;
}

/** “1.2 of 3.4 GB”: the unit once, where it is the same. */
export function amountWords(
  done: number,
  total: number,
  trans: TranslationBundle
): string {
  const [all, unit] = formatBytes(total).split(' ');
  const [part, partUnit] = formatBytes(done).split(' ');
  return unit === partUnit || done === 0
    ? trans.__('%1 of %2', part, `${all} ${unit}`)
    : trans.__('%1 of %2', `${part} ${partUnit}`, `${all} ${unit}`);
}

export function ruleWords(
  rule: IRuleTransfer,
  entry: IAvailabilityEntry,
  trans: TranslationBundle
): ITransferWords {
  const words = stateWords(entry, trans);
  const { bytes_available: done, bytes_total: total, eta_s } = rule.value;
  const isMoving = rule.value.state === 'replicating';
  const isThere = rule.value.state === 'available';
  const figures: string[] = [];
  if (done !== null && total !== null) {
    figures.push(
      isThere ? formatBytes(total) : amountWords(done, total, trans)
    );
  }
  const { files_available: there, files_total: all } = rule.value;
  if (rule.isListed && there !== null && all !== null && !isMoving) {
    // While it moves, the state says it.
    figures.push(
      isThere
        ? trans._n('%2 file', '%2 files', all, formatCount(all))
        : trans.__('%1 of %2 files', formatCount(there), formatCount(all))
    );
  }
  if (isMoving && eta_s !== null) {
    figures.push(trans.__('%1 left', formatDuration(eta_s)));
  }
  if (rule.value.rse) {
    figures.push(trans.__('to %1', rule.value.rse));
  }
  return {
    icon: words.icon ?? movingIcon,
    // Available is what notebooks can read.
    word: rule.isListed && isThere ? trans.__('Done') : words.word,
    figures,
    detail: rule.isListed
      ? listedDetail(rule.value.rule, trans)
      : isMoving
        ? (rule.value.message ?? '')
        : words.detail,
    hint: '',
    tone: words.tone,
    progress: words.progress,
    isStill: false
  };
}

/** What the list of rules tells of one besides how far it has come. */
function listedDetail(rule: IRule | null, trans: TranslationBundle): string {
  switch (rule?.state) {
    case 'INJECT':
      return trans.__('Rucio is preparing the transfer.');
    case 'WAITING_APPROVAL':
      return trans.__('The transfer waits for somebody to approve it.');
    case 'STUCK':
    case 'SUSPENDED':
      return rule.error ?? trans.__('Rucio gives no reason.');
    default:
      return '';
  }
}

export function itemWords(
  state: JobItemState,
  trans: TranslationBundle
): { icon: LabIcon; word: string; tone: Tone } {
  switch (state) {
    case 'queued':
      return { icon: clockIcon, word: trans.__('Waiting'), tone: 'plain' };
    case 'running':
      return { icon: movingIcon, word: trans.__('Moving'), tone: 'plain' };
    case 'done':
      return { icon: availableIcon, word: trans.__('Done'), tone: 'ok' };
    case 'skipped':
      return {
        icon: skippedIcon,
        word: trans.__('There already'),
        tone: 'plain'
      };
    case 'failed':
      return { icon: stuckIcon, word: trans.__('Failed'), tone: 'error' };
    default:
      return {
        icon: notAvailableIcon,
        word: trans.__('Cancelled'),
        tone: 'plain'
      };
  }
}

/** “2 transfers, 34 %”. */
export function totalWords(
  { count, fraction }: ITransferTotal,
  trans: TranslationBundle
): string {
  const transfers = trans._n(
    '%2 transfer',
    '%2 transfers',
    count,
    formatCount(count)
  );
  return fraction === null
    ? transfers
    : trans.__('%1, %2 %', transfers, Math.floor(fraction * 100));
}

/** What stands beside the section's title: what moves, or else what needs somebody. */
export function transfersCaption(
  total: ITransferTotal,
  inTrouble: number,
  trans: TranslationBundle
): string {
  const words: string[] = [];
  if (total.count > 0) {
    words.push(
      trans.__('%1 moving', formatCount(total.count)) +
        (total.fraction === null
          ? ''
          : trans.__(', %1 %', Math.floor(total.fraction * 100)))
    );
  }
  if (inTrouble > 0) {
    words.push(trans.__('%1 failed or stuck', formatCount(inTrouble)));
  }
  return words.join(' · ');
}
