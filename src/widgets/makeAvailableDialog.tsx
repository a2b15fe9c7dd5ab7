import React from 'react';

import {
  MakeAvailableForm,
  type IMakeAvailableChoice,
  type IMakeAvailableFormProps
} from '../components/MakeAvailableForm';
import { askWithForm } from './formDialog';

/** Says what making DIDs available means, and asks where to and for how long. */
export function askMakeAvailable(
  options: Omit<IMakeAvailableFormProps, 'onChange'>
): Promise<IMakeAvailableChoice | null> {
  const { instance, trans } = options;
  const isDownload = instance.mode === 'download';
  return askWithForm<IMakeAvailableChoice>({
    title: isDownload ? trans.__('Download') : trans.__('Make available'),
    acceptLabel: isDownload ? trans.__('Download') : trans.__('Make available'),
    className: 'jp-RucioMake-dialog',
    focusNodeSelector: '.jp-RucioMake-places input:checked',
    render: onChange => <MakeAvailableForm {...options} onChange={onChange} />,
    trans
  });
}
