import type {
  ReadonlyJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';

import type { DidType } from '../api/types';
import { DID_ARGS_SCHEMA } from '../commands';
import type { IDidKey, IInstancesModel, IRucioExplore } from '../tokens';

/** A DID that a command is to act on, with what is known of it. */
export interface ITarget {
  readonly did: string;
  readonly type?: DidType;
  readonly size?: number | null;
  /** The dataset that a file was found in. */
  readonly parent?: string | null;
}

/** DIDs of one instance. */
export interface ITargets {
  readonly instance: string;
  readonly items: readonly ITarget[];
}

/** The JSON schema of commands that act on one DID or on several. */
export const DIDS_ARGS_SCHEMA: ReadonlyJSONObject = {
  ...DID_ARGS_SCHEMA,
  properties: {
    ...(DID_ARGS_SCHEMA.properties as ReadonlyJSONObject),
    dids: {
      type: 'array',
      items: { type: 'string' },
      description:
        'Several data identifiers; without them and without did, those that are selected'
    }
  }
};

/** The DIDs that are meant: those in the arguments, or those that are selected; null for none. */
export function targetsOf(
  args: ReadonlyPartialJSONObject,
  instances: Pick<IInstancesModel, 'active'>,
  explore: Pick<IRucioExplore, 'selected'> | null
): ITargets | null {
  const named = namedItems(args);
  if (named !== null) {
    const instance =
      typeof args.instance === 'string'
        ? args.instance
        : instances.active?.name;
    return instance === undefined || named.length === 0
      ? null
      : { instance, items: named };
  }
  const selected = explore?.selected ?? [];
  return selected.length === 0
    ? null
    : {
        instance: selected[0].instance,
        items: selected.map(({ item, parent }) => ({ ...item, parent }))
      };
}

export interface IMeantDid extends IDidKey {
  readonly type: DidType | null;
}

/** As `targetsOf`, each with its instance. */
export function meantDids(
  ...from: Parameters<typeof targetsOf>
): readonly IMeantDid[] {
  const targets = targetsOf(...from);
  return (targets?.items ?? []).map(({ did, type }) => ({
    did,
    type: type ?? null,
    instance: targets?.instance ?? ''
  }));
}

function namedItems(args: ReadonlyPartialJSONObject): ITarget[] | null {
  const parent = typeof args.parent === 'string' ? args.parent : null;
  if (Array.isArray(args.dids)) {
    return args.dids
      .filter((did): did is string => typeof did === 'string')
      .map(did => ({ did, parent }));
  }
  return typeof args.did === 'string'
    ? [{ did: args.did, type: args.type as DidType | undefined, parent }]
    : null;
}
