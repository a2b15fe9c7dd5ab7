import React, { useId } from 'react';

import { CompletionField } from '../CompletionField';
import { Labelled } from './Labelled';
import type { IUploadFieldsProps } from './UploadForm';

/** How the names begin, and the dataset that they are put into. */
export function UploadNames(props: IUploadFieldsProps): JSX.Element {
  const { model, trans, wrong } = props;
  const { choices, fields } = model;
  const about = useId();
  return (
    <>
      <Labelled label={trans.__('Name prefix')}>
        {id => (
          <input
            id={id}
            className="jp-mod-styled"
            name="prefix"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            placeholder={trans.__('none')}
            value={fields.prefix}
            onChange={event => model.set({ prefix: event.target.value })}
          />
        )}
      </Labelled>
      <Labelled label={trans.__('Into dataset')}>
        {id => (
          <CompletionField
            id={id}
            className="jp-mod-styled"
            name="dataset"
            placeholder={trans.__('none, or scope:name')}
            value={fields.dataset}
            onChange={dataset => {
              model.set({ dataset });
              choices.lookForDatasets(dataset, fields.scope);
            }}
            options={choices.datasets
              .filter(did => did !== fields.dataset)
              .map(did => ({ key: did, label: did }))}
            optionsLabel={trans.__('Datasets')}
            onAccept={({ key }) => model.set({ dataset: key })}
            aria-describedby={about}
            {...wrong('dataset')}
          />
        )}
      </Labelled>
      <small id={about} className="jp-RucioUpload-hint">
        {trans.__('It is made where there is none of that name.')}
      </small>
    </>
  );
}
