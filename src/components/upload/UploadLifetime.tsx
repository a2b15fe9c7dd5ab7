import React, { useId } from 'react';

import type { Lifetime } from '../../model/uploadFields';
import { lifetimeWords } from '../planWords';
import type { IUploadFieldsProps } from './UploadForm';
import { hasThirdParty } from './uploadWords';

/** For how long Rucio is to keep what is uploaded. */
export function UploadLifetime(props: IUploadFieldsProps): JSX.Element {
  const { model, trans, wrong } = props;
  const { fields, plan } = model;
  const name = useId();
  const radio = (lifetime: Lifetime) => ({
    type: 'radio',
    name,
    value: lifetime,
    checked: fields.lifetime === lifetime,
    onChange: () => model.set({ lifetime })
  });
  return (
    <fieldset className="jp-RucioUpload-lifetime">
      <legend>{trans.__('Keep it')}</legend>
      <label>
        <input {...radio('default')} />
        <span>
          {fields.lifetime === 'default' && plan !== null
            ? trans.__(
                'as long as is usual here (%1)',
                lifetimeWords(plan.lifetime_days, trans)
              )
            : trans.__('as long as is usual here')}
        </span>
      </label>
      <label>
        <input {...radio('days')} aria-label={trans.__('a number of days')} />
        <span>
          {trans.__('for')}{' '}
          <input
            className="jp-mod-styled"
            name="days"
            inputMode="numeric"
            autoComplete="off"
            aria-label={trans.__('Days')}
            value={fields.days}
            onFocus={() => model.set({ lifetime: 'days' })}
            onChange={event => model.set({ days: event.target.value })}
            {...wrong('days')}
          />{' '}
          {trans.__('days')}
        </span>
      </label>
      <label>
        <input {...radio('forever')} />
        <span>{trans.__('for ever')}</span>
      </label>
      {(fields.keepsScratch || hasThirdParty(plan)) && (
        <label>
          <input
            type="checkbox"
            checked={fields.keepsScratch}
            onChange={event =>
              model.set({ keepsScratch: event.target.checked })
            }
          />
          <span>{trans.__('and on the scratch storage for two days')}</span>
        </label>
      )}
    </fieldset>
  );
}
