import { type ApiError, ErrorCode } from '../api/errors';
import type { IErrorBody, IInstance } from '../api/types';
import type { Connection, IReloaded } from '../tokens';

/** How the codes of problems begin that leave nothing of an instance to work with. */
const CONFIGURATION = 'configuration_';

/** It is being fetched from where the administrator keeps it. */
const PENDING = 'configuration_pending';

/** How the codes of problems end that say that credentials are over. */
const EXPIRED = '_expired';

/** Whether there is nothing of the instance to work with. */
export function isMisconfigured(instance: IInstance): boolean {
  return instance.problem?.code.startsWith(CONFIGURATION) ?? false;
}

/** Whether a problem ends by itself once the configuration has arrived. */
export function isPending(problem: IErrorBody | null): boolean {
  return problem?.code === PENDING;
}

/**
 * How an instance stands with Rucio.
 *
 * @param fault - what made it unreachable or slow when it was last asked for something
 */
export function connectionOf(
  instance: IInstance | undefined,
  fault: ApiError | undefined
): Connection {
  if (!instance || isMisconfigured(instance)) {
    return 'misconfigured';
  }
  if (fault) {
    return SLOW.has(fault.code) ? 'slow' : 'unreachable';
  }
  if (instance.authenticated) {
    return 'connected';
  }
  return instance.credentials_problem?.code.endsWith(EXPIRED)
    ? 'expired'
    : 'signed-out';
}

/** What stands most in the way of working with it. */
export function problemOf(
  instance: IInstance | undefined,
  fault: ApiError | undefined
): IErrorBody | null {
  if (instance && isMisconfigured(instance)) {
    return instance.problem;
  }
  return (
    fault?.toBody() ??
    instance?.credentials_problem ??
    instance?.problem ??
    null
  );
}

/** What came of reading the configuration again. */
export function whatChanged(
  before: readonly IInstance[],
  after: readonly IInstance[]
): IReloaded {
  const find = (list: readonly IInstance[], name: string) =>
    list.find(item => item.name === name);
  return {
    added: after.filter(({ name }) => !find(before, name)),
    removed: before.filter(({ name }) => !find(after, name)),
    mended: after.filter(item => {
      const old = find(before, item.name);
      return old && isMisconfigured(old) && !isMisconfigured(item);
    }),
    wrong: after.filter(
      item => isMisconfigured(item) && !isPending(item.problem)
    )
  };
}

const SLOW: ReadonlySet<string> = new Set([
  ErrorCode.rucioTimeout,
  ErrorCode.rucioBusy
]);
