import { useEffect } from 'react';

import type { IRule } from '../api/types';
import type { IRuleFiles, RulesModel } from '../model/rules';
import { isStuck } from './ruleWords';

/** The stuck files of a rule, asked for when it is stuck; null where it is not. */
export function useStuckFiles(
  rules: RulesModel,
  instance: string,
  rule: IRule | null
): IRuleFiles | null {
  const id = rule && isStuck(rule) ? rule.id : null;
  const stuck = rule?.locks_stuck ?? 0;
  const files = id === null ? null : rules.files(id);
  // The number of stuck files tells whether their list is still true.
  useEffect(() => {
    if (id !== null) {
      void rules.loadFiles(instance, id);
    }
  }, [rules, instance, id, stuck]);
  // While Rucio tries again, none of them is stuck for a moment: asked then, it has named none.
  const hasNone = files?.state === 'ready' && files.items.length === 0;
  useEffect(() => {
    if (id !== null && hasNone && stuck > 0) {
      void rules.loadFiles(instance, id);
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only what Rucio says anew of the rule is a reason to ask again
  }, [rule]);
  return files;
}
