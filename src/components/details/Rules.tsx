import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IDidItem, IRule } from '../../api/types';
import type { DetailsModel } from '../../model/details';
import { formatCount } from '../format';
import { RuleCard } from '../RuleCard';
import { useSignal } from '../signals';
import { useStuckFiles } from '../stuckFiles';
import { DetailsSection } from './DetailsSection';

export interface IRulesProps {
  model: DetailsModel;
  /** Opens the page of a DID. */
  onOpen: (item: Pick<IDidItem, 'did'>) => void;
  trans: TranslationBundle;
}

/** What was asked of Rucio about it, and how far that is. */
export function Rules(props: IRulesProps): JSX.Element {
  const { model, trans } = props;
  const { rules } = model;
  useSignal(rules.changed);
  const items = rules.value;
  return (
    <DetailsSection
      model={model}
      name="rules"
      title={trans.__('Rules')}
      caption={items && formatCount(items.length)}
      section={rules}
      trans={trans}
    >
      {items ? (
        items.length === 0 ? (
          <p className="jp-RucioDetails-empty">
            {trans.__('No rule keeps it anywhere.')}
          </p>
        ) : (
          <ul className="jp-RucioRules">
            {items.map(rule => (
              <li key={rule.id} data-rule={rule.id}>
                <Card {...props} rule={rule} />
              </li>
            ))}
          </ul>
        )
      ) : null}
    </DetailsSection>
  );
}

function Card(props: IRulesProps & { rule: IRule }): JSX.Element {
  const { model, rule, onOpen, trans } = props;
  const { ruleActions: actions, instance } = model;
  const { id } = rule;
  useSignal(actions.changed);
  const files = useStuckFiles(actions, instance, rule);
  /** What changed a rule may have changed others with it. */
  const then = async (work: Promise<IRule | null>) => {
    if ((await work) !== null) {
      await model.rules.reload();
    }
  };
  return (
    <RuleCard
      rule={rule}
      trans={trans}
      onRetry={() => void then(actions.retry(instance, id))}
      onExtend={days => void then(actions.extend(instance, id, days))}
      onEnd={() => void then(actions.end(instance, id))}
      busy={actions.isBusy(id)}
      error={actions.error(id)}
      files={files}
      onOpenDid={did => onOpen({ did })}
    />
  );
}
