import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import React, { useId } from 'react';

import type { UploadModel } from '../../model/upload';
import type { UploadField } from '../../model/uploadFields';
import { RucioSaid } from '../Note';
import { useSignal } from '../signals';
import { Labelled } from './Labelled';
import { UploadDestination } from './UploadDestination';
import { UploadLifetime } from './UploadLifetime';
import { UploadNames } from './UploadNames';
import { UploadPaths } from './UploadPaths';
import { UploadPlanView } from './UploadPlanView';
import { faultWords, missingFieldWords, obstacleWords } from './uploadWords';

export interface IUploadFormProps {
  model: UploadModel;
  /** Chooses files in Jupyter's own dialog, where there is one. */
  onChoose: (() => void) | null;
  trans: TranslationBundle;
}

/** What the fields of the form have in common. */
export interface IUploadFieldsProps {
  model: UploadModel;
  trans: TranslationBundle;
  /** What ties a field to the sentence about it, where the field is in the way. */
  wrong: (field: UploadField) => {
    'aria-invalid'?: true;
    'aria-describedby'?: string;
  };
}

/** Which files go where and under which names, and what would come of it. */
export function UploadForm(props: IUploadFormProps): JSX.Element {
  const { model, onChoose, trans } = props;
  useSignal(model.changed);
  useSignal(model.choices.changed);
  const { obstacle, refusal, fields } = model;
  const messageId = useId();
  const missing = obstacle?.kind === 'missing' ? obstacle.field : null;
  const shared: IUploadFieldsProps = {
    model,
    trans,
    wrong: field =>
      field === missing
        ? {
            'aria-describedby': messageId,
            // What is only empty still has its time.
            ...(isTyped(field, fields) ? { 'aria-invalid': true } : {})
          }
        : {}
  };
  return (
    <div className="jp-RucioUpload">
      <Instances model={model} trans={trans} />
      <UploadPaths {...shared} onChoose={onChoose} />
      <UploadDestination {...shared} />
      <UploadNames {...shared} />
      <UploadLifetime {...shared} />
      <UploadPlanView model={model} trans={trans} />
      <div
        id={messageId}
        className="jp-RucioUpload-message"
        role="status"
        aria-live="polite"
      >
        {refusal ? (
          <div data-tone="error">
            {faultWords(refusal, trans)}
            {refusal.rucio && <RucioSaid fault={refusal.rucio} trans={trans} />}
          </div>
        ) : missing !== null ? (
          <span data-tone={isTyped(missing, fields) ? 'error' : undefined}>
            {missingFieldWords(missing, trans)}
          </span>
        ) : (
          obstacleWords(obstacle, trans)
        )}
      </div>
    </div>
  );
}

/** Whether something is in a field that makes no sense, and not nothing. */
function isTyped(field: UploadField, fields: UploadModel['fields']): boolean {
  const value = fields[field];
  return typeof value === 'string' && value.trim() !== '';
}

function Instances(props: {
  model: UploadModel;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { model, trans } = props;
  const possible = model.instances.items.filter(one => one.can_upload);
  if (possible.length < 2) {
    return null;
  }
  return (
    <Labelled label={trans.__('Rucio')}>
      {id => (
        <HTMLSelect
          id={id}
          value={model.instance.name}
          onChange={event => {
            const chosen = model.instances.get(event.target.value);
            if (chosen) {
              void model.setInstance(chosen);
            }
          }}
          options={possible.map(one => ({
            value: one.name,
            label: one.display_name
          }))}
        />
      )}
    </Labelled>
  );
}
