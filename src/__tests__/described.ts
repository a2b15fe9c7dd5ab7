import type { IDidDetails, IReplicas, IRule } from '../api/types';
import { item } from './scripted';

/** What Rucio says of a dataset of three files. */
export function described(
  did: string,
  more: Partial<IDidDetails> = {}
): IDidDetails {
  return {
    ...item(did, 'dataset'),
    bytes: 1000,
    created_at: '2026-11-20T13:54:00+00:00',
    account: 'root',
    open: false,
    metadata: { run_number: 331700 },
    ...more
  };
}

/** So many of three files at a site. */
export function replicas(
  rse: string,
  available: number,
  more: Partial<IReplicas> = {}
): IReplicas {
  return {
    rse,
    state:
      available === 3 ? 'AVAILABLE' : available > 0 ? 'PARTIAL' : 'UNAVAILABLE',
    files: 3,
    available_files: available,
    bytes: 3000,
    available_bytes: available * 1000,
    ...more
  };
}

export function rule(id: string, more: Partial<IRule> = {}): IRule {
  return {
    id,
    did: 'demo:dimuon_2021',
    did_type: 'dataset',
    via: null,
    rse_expression: 'EULAKE-1',
    state: 'OK',
    locks_ok: 3,
    locks_replicating: 0,
    locks_stuck: 0,
    error: null,
    account: 'alice',
    created_at: null,
    expires_at: null,
    stuck_since: null,
    comment: null,
    is_mine: true,
    url: null,
    ...more
  };
}
