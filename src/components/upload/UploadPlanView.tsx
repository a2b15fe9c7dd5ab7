import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React, { useId } from 'react';

import type { IUploadPlan, IUploadPlanItem } from '../../api/types';
import type { UploadModel } from '../../model/upload';
import { formatBytes, formatCount } from '../format';
import { Meter } from '../Meter';
import { RucioSaid } from '../Note';
import { lifetimeWords, quotaFraction, quotaWords } from '../planWords';
import {
  countWords,
  creationWords,
  datasetWords,
  faultWords,
  placeWarnings,
  statusLook,
  statusWord,
  thirdPartyWords
} from './uploadWords';

/** So many names are drawn; whoever has more looks for the problems, which come first. */
const SHOWN_ITEMS = 200;

/** What the upload would make, and what stands in its way. */
export function UploadPlanView(props: {
  model: UploadModel;
  trans: TranslationBundle;
}): JSX.Element {
  const { model, trans } = props;
  const { plan, planError, isAsking } = model;
  const title = useId();
  return (
    <section
      className="jp-RucioUpload-plan"
      aria-labelledby={title}
      aria-busy={isAsking}
    >
      <h3 id={title}>{trans.__('What will be created')}</h3>
      <div aria-live="polite">
        {planError ? (
          <div role="alert">
            <p data-tone="error">{faultWords(planError, trans)}</p>
            {planError.rucio && (
              <RucioSaid fault={planError.rucio} trans={trans} />
            )}
            <Button className="jp-RucioLink" onClick={() => model.again()}>
              {trans.__('Try again')}
            </Button>
          </div>
        ) : plan ? (
          <Summary plan={plan} model={model} trans={trans} />
        ) : (
          <p>
            {isAsking
              ? trans.__('Looking at the files, and asking Rucio about them…')
              : trans.__('It is shown once files, scope and RSE are chosen.')}
          </p>
        )}
      </div>
      {plan && plan.items.length > 0 && (
        <Items plan={plan} labelledBy={title} trans={trans} />
      )}
    </section>
  );
}

function Summary(props: {
  plan: IUploadPlan;
  model: UploadModel;
  trans: TranslationBundle;
}): JSX.Element {
  const { plan, model, trans } = props;
  const { place, dataset } = plan;
  const fraction = quotaFraction(place);
  const thirdParty = thirdPartyWords(plan, trans);
  const about = dataset && datasetWords(dataset, trans);
  const hasProposals = plan.items.some(({ proposal }) => proposal !== null);
  return (
    <>
      {plan.problems.map(problem => (
        <div key={problem.code + problem.message} role="alert">
          <p data-tone="error">{faultWords(problem, trans)}</p>
          {problem.rucio && <RucioSaid fault={problem.rucio} trans={trans} />}
        </div>
      ))}
      <p className="jp-RucioUpload-amount">{creationWords(plan, trans)}</p>
      {countWords(plan, trans).map(({ status, words }) => (
        <p key={status} data-tone={statusLook(status).tone}>
          {words}
        </p>
      ))}
      {hasProposals && plan.counts.invalid_name > 0 && (
        <p>
          <Button
            className="jp-RucioButton"
            onClick={() => model.set({ usesProposals: true })}
          >
            {trans.__('Use the proposed names')}
          </Button>
        </p>
      )}
      <div className="jp-RucioUpload-place">
        <small>
          {[
            quotaWords(place, trans),
            plan.counts.new > 0 &&
              trans.__('kept %1', lifetimeWords(plan.lifetime_days, trans))
          ]
            .filter(Boolean)
            .join('; ')}
        </small>
        {fraction !== null && (
          <Meter
            fraction={fraction}
            label={trans.__('Quota used at %1', place.rse)}
          />
        )}
      </div>
      {placeWarnings(plan, trans).map(words => (
        <p key={words} data-tone="warn">
          {words}
        </p>
      ))}
      {about && <p data-tone={about.tone}>{about.words}</p>}
      {thirdParty && <p>{thirdParty}</p>}
    </>
  );
}

function Items(props: {
  plan: IUploadPlan;
  labelledBy: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { plan, labelledBy, trans } = props;
  const shown = plan.items.slice(0, SHOWN_ITEMS);
  const total = Object.values(plan.counts).reduce((sum, one) => sum + one, 0);
  const more = Math.max(plan.items.length, total) - shown.length;
  return (
    <>
      {/* Scrolled by keyboard, too. */}
      <ul
        className="jp-RucioUpload-items"
        aria-labelledby={labelledBy}
        tabIndex={0}
      >
        {shown.map(item => (
          <Item key={`${item.path} ${item.did}`} item={item} trans={trans} />
        ))}
      </ul>
      {more > 0 && (
        <p>
          <small>
            {trans._n(
              'and %2 more, which are not listed',
              'and %2 more, which are not listed',
              more,
              formatCount(more)
            )}
          </small>
        </p>
      )}
    </>
  );
}

function Item(props: {
  item: IUploadPlanItem;
  trans: TranslationBundle;
}): JSX.Element {
  const { item, trans } = props;
  const { icon: Icon, tone } = statusLook(item.status);
  return (
    <li data-status={item.status}>
      <span className="jp-RucioUpload-status" data-tone={tone}>
        <Icon.react tag="span" className="jp-RucioIcon" aria-hidden="true" />
        {statusWord(item.status, trans)}
      </span>
      <span className="jp-RucioUpload-name" title={item.path}>
        {item.did}
      </span>
      <span className="jp-RucioUpload-size">
        {item.size_bytes !== null && formatBytes(item.size_bytes)}
      </span>
      {item.message && (
        <span className="jp-RucioUpload-more">{item.message}</span>
      )}
      {item.proposal && (
        <span className="jp-RucioUpload-more">
          {trans.__('Rucio would take: %1', item.proposal)}
        </span>
      )}
    </li>
  );
}
