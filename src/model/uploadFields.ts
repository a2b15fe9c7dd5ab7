import type { IUploadRequest } from '../api/types';
import { readWholeDays } from './days';
import { parseDid, type IDid } from './did';

/** How long what is uploaded is kept: as the instance is configured, so many days, or for ever. */
export type Lifetime = 'default' | 'days' | 'forever';

/** What the form of an upload holds, as it was typed and chosen. */
export interface IUploadFields {
  /** Relative ones are those of Jupyter's file browser. */
  readonly paths: readonly string[];
  readonly scope: string;
  readonly rse: string;
  /** Put before every name. */
  readonly prefix: string;
  /** `scope:name`, or a name in the scope of the upload; empty for none. */
  readonly dataset: string;
  readonly lifetime: Lifetime;
  /** The days of the lifetime `days`. */
  readonly days: string;
  /** Whether names that Rucio would refuse become those that were proposed for them. */
  readonly usesProposals: boolean;
  /** Whether files stay on scratch storage for a while after they were moved on. */
  readonly keepsScratch: boolean;
}

export const NO_FIELDS: IUploadFields = {
  paths: [],
  scope: '',
  rse: '',
  prefix: '',
  dataset: '',
  lifetime: 'default',
  days: '',
  usesProposals: false,
  keepsScratch: false
};

/** A field that an upload cannot do without, or that holds what makes no sense. */
export type UploadField = 'paths' | 'scope' | 'rse' | 'dataset' | 'days';

/** The first field that is missing or makes no sense; null where all do. */
export function firstMissing(fields: IUploadFields): UploadField | null {
  if (fields.paths.length === 0) {
    return 'paths';
  }
  if (fields.scope.trim() === '') {
    return 'scope';
  }
  if (fields.rse.trim() === '') {
    return 'rse';
  }
  if (fields.dataset.trim() !== '' && datasetOf(fields) === null) {
    return 'dataset';
  }
  return fields.lifetime === 'days' && readWholeDays(fields.days) === null
    ? 'days'
    : null;
}

/** The dataset that is meant; null where there is none, and where what was typed is no name. */
export function datasetOf(
  fields: Pick<IUploadFields, 'dataset' | 'scope'>
): IDid | null {
  const text = fields.dataset.trim();
  if (text === '') {
    return null;
  }
  const did = text.includes(':')
    ? parseDid(text)
    : { scope: fields.scope.trim(), name: text };
  return did && did.scope !== '' && did.name !== '' ? did : null;
}

/** The same as the server takes it, where nothing is missing. */
export function requestOf(fields: IUploadFields): IUploadRequest {
  const request: IUploadRequest = {
    paths: fields.paths,
    scope: fields.scope.trim(),
    rse: fields.rse.trim()
  };
  // A blank may be meant within a name, and hardly before it.
  const prefix = fields.prefix.trim();
  if (prefix !== '') {
    request.prefix = prefix;
  }
  const dataset = datasetOf(fields);
  if (dataset !== null) {
    request.dataset = { scope: dataset.scope, name: dataset.name };
  }
  if (fields.lifetime === 'forever') {
    request.lifetime_days = null;
  } else if (fields.lifetime === 'days') {
    request.lifetime_days = readWholeDays(fields.days);
  }
  if (fields.usesProposals) {
    request.use_proposals = true;
  }
  if (fields.keepsScratch) {
    request.delay_deletion = true;
  }
  return request;
}
