import type { TranslationBundle } from '@jupyterlab/translation';

import { isActive, isUnfinished } from '../../model/jobStates';
import type { Transfer } from '../../model/transfers';

/** The one thing that makes sense to do with a transfer. */
export type TransferAction =
  'cancel' | 'retry' | 'attach' | 'show' | 'end-rule' | 'explain';

export function transferAction(transfer: Transfer): TransferAction | null {
  if (transfer.kind === 'rule') {
    const { state, rule } = transfer.value;
    switch (state) {
      case 'replicating':
        return rule?.is_mine ? 'end-rule' : null;
      case 'stuck':
        return 'explain';
      case 'available':
        // Where it leads to is no place that notebooks read.
        return transfer.isListed ? 'show' : 'attach';
      default:
        return null;
    }
  }
  const { job, pending } = transfer.entry;
  if (pending !== null) {
    return null;
  }
  if (isActive(job)) {
    return job.is_here ? 'cancel' : null;
  }
  if (isUnfinished(job)) {
    return job.is_here ? 'retry' : null;
  }
  if (job.dids.length === 0) {
    return null;
  }
  return job.kind === 'download' ? 'attach' : 'show';
}

export function transferActionLabel(
  action: TransferAction,
  trans: TranslationBundle
): string {
  switch (action) {
    case 'cancel':
      return trans.__('Cancel');
    case 'retry':
      return trans.__('Retry');
    case 'attach':
      return trans.__('Attach');
    case 'show':
      return trans.__('Show');
    case 'end-rule':
      return trans.__('Cancel…');
    default:
      return trans.__('Why?');
  }
}
