import type { TranslationBundle } from '@jupyterlab/translation';

import type { IJob } from '../../api/types';
import type { IJobEnds } from '../../model/jobEnds';
import { formatBytes, formatCount } from '../format';
import { errorText } from '../words';

/** What is said of jobs that ended together: the failures first, since they need somebody. */
export function endWords(
  { done, failed }: IJobEnds,
  trans: TranslationBundle
): string {
  const sentences: string[] = [];
  if (failed.length === 1) {
    sentences.push(failureWords(failed[0], trans));
  } else if (failed.length > 1) {
    sentences.push(
      trans._n(
        '%2 transfer did not finish.',
        '%2 transfers did not finish.',
        failed.length,
        formatCount(failed.length)
      )
    );
  }
  if (done.length === 1) {
    sentences.push(doneWords(done[0], trans));
  } else if (done.length > 1) {
    const bytes = done.reduce((sum, job) => sum + job.bytes_done, 0);
    sentences.push(
      trans._n(
        '%2 transfer is done (%3).',
        '%2 transfers are done (%3).',
        done.length,
        formatCount(done.length),
        formatBytes(bytes)
      )
    );
  }
  return sentences.join(' ');
}

function failureWords(job: IJob, trans: TranslationBundle): string {
  const what =
    job.kind === 'upload'
      ? trans.__('The upload of %1 did not finish.', job.title)
      : trans.__('The download of %1 did not finish.', job.title);
  return job.error ? `${what} ${errorText(job.error, trans).message}` : what;
}

function doneWords(job: IJob, trans: TranslationBundle): string {
  return job.kind === 'upload'
    ? trans.__('Uploaded: %1.', job.title)
    : trans.__('Downloaded: %1.', job.title);
}
