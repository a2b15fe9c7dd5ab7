import React from 'react';

import type { IAttachValue } from '../components/AttachForm';
import {
  AttachSeveralForm,
  type IAttachSeveralFormProps
} from '../components/AttachSeveralForm';
import { askWithForm } from './formDialog';

/** Asks for the names of several variables; null where it was given up. */
export function askSeveralNames(
  options: Omit<IAttachSeveralFormProps, 'onChange'>
): Promise<readonly IAttachValue[] | null> {
  const { trans } = options;
  return askWithForm<readonly IAttachValue[]>({
    title: trans.__('Attach to notebook'),
    acceptLabel: trans.__('Attach'),
    className: 'jp-RucioAttach-dialog',
    focusNodeSelector: '.jp-RucioAttachSeveral input',
    render: onChange => <AttachSeveralForm {...options} onChange={onChange} />,
    trans
  });
}
