import type { TranslationBundle } from '@jupyterlab/translation';

import type { IErrorBody } from '../api/types';
import { type INameRules, isVariableName } from '../model/variableName';
import type { IAcknowledgement, IVariable } from './kernel';
import { kernelFault } from './kernelDoor';
import type { KernelState } from './states';

/** The state that a kernel's answer gives a variable that was sent to it. */
export function acknowledged(
  variable: IVariable,
  { accepted, problems, inFiles }: IAcknowledgement,
  trans: TranslationBundle
): KernelState {
  const { variableName, didAvailable, message } = variable;
  const path = inFiles?.get(variableName);
  if (path !== undefined) {
    return { kind: 'file', path };
  }
  if (!accepted.has(variableName)) {
    const said =
      problems.get(variableName) ??
      trans.__('The kernel did not take the variable.');
    return { kind: 'failed', error: kernelFault(said, null) };
  }
  return didAvailable
    ? { kind: 'ready' }
    : { kind: 'unavailable', message: message ?? '' };
}

/** Why a variable cannot have its name in the notebook's language; null where it can. */
export function nameFault(
  variableName: string,
  rules: INameRules | undefined,
  trans: TranslationBundle
): IErrorBody | null {
  return !rules || isVariableName(variableName, rules)
    ? null
    : kernelFault(
        trans.__(
          '“%1” cannot be the name of a variable in %2.',
          variableName,
          rules.displayName
        ),
        trans.__('Rename it.')
      );
}

/** Another notebook on the kernel has given a variable's name to `did`. */
export function displacedFault(
  title: string,
  did: string,
  trans: TranslationBundle
): IErrorBody {
  return kernelFault(
    trans.__(
      'The notebook %1 on the same kernel has set it to %2.',
      title,
      did
    ),
    trans.__('Rename one of them.')
  );
}
