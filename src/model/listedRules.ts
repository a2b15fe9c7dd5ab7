import type { AvailabilityState, IAvailability, IRule } from '../api/types';
import type { IMovingRule } from './movingRules';
import type { IRuleTransfer } from './transfers';

/** A rule that the list alone knows, as a transfer. */
export function listedTransfer({
  key,
  instance,
  rule,
  endedAt
}: IMovingRule): IRuleTransfer {
  return {
    kind: 'rule',
    id: key,
    instance,
    did: rule.did,
    value: valueOf(rule),
    isListed: true,
    begunAt: madeAt(rule),
    endedAt
  };
}

/** Milliseconds, by Rucio's clock where it tells. */
export function madeAt({ created_at }: IRule): number {
  return created_at === null ? Date.now() : Date.parse(created_at);
}

const RULE_STATES: Record<string, AvailabilityState> = {
  OK: 'available',
  STUCK: 'stuck',
  SUSPENDED: 'stuck',
  WAITING_APPROVAL: 'not_available'
};

/** What a rule tells of how far its data has come. */
function valueOf(rule: IRule): IAvailability {
  const { locks_ok, locks_replicating, locks_stuck } = rule;
  const locks = locks_ok + locks_replicating + locks_stuck;
  // Of a rule that is being made, Rucio has not counted anything yet.
  const isCounted = locks > 0;
  return {
    did: rule.did,
    type: rule.did_type,
    state: RULE_STATES[rule.state] ?? 'replicating',
    rse: rule.rse_expression,
    files_total: isCounted ? locks : null,
    files_available: isCounted ? locks_ok : null,
    files_replicating: isCounted ? locks_replicating : null,
    files_stuck: isCounted ? locks_stuck : null,
    bytes_total: null,
    bytes_available: null,
    path: null,
    rule,
    eta_s: null,
    updated_at: null,
    message: null,
    job_id: null,
    local: null
  };
}
