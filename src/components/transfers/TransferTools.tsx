import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, fileUploadIcon, HTMLSelect } from '@jupyterlab/ui-components';
import React from 'react';

import {
  hasEnded,
  type TransferKind,
  type TransfersModel,
  type TransferState
} from '../../model/transfers';

export interface ITransferToolsProps {
  model: TransfersModel;
  onClear: () => void;
  /** Left out where nothing can be uploaded. */
  onUpload?: () => void;
  trans: TranslationBundle;
}

/** Narrows the list down, and clears it of what has ended. */
export function TransferTools(props: ITransferToolsProps): JSX.Element {
  const { model, onClear, onUpload, trans } = props;
  const kinds: { value: TransferKind; label: string }[] = [
    { value: 'all', label: trans.__('Any kind') },
    { value: 'download', label: trans.__('Downloads') },
    { value: 'upload', label: trans.__('Uploads') },
    { value: 'rule', label: trans.__('Replications') }
  ];
  const states: { value: TransferState; label: string }[] = [
    { value: 'all', label: trans.__('Any state') },
    { value: 'moving', label: trans.__('Moving') },
    { value: 'trouble', label: trans.__('Failed or stuck') },
    { value: 'ended', label: trans.__('Ended') }
  ];
  return (
    <div className="jp-RucioTransferTools">
      <HTMLSelect
        aria-label={trans.__('Kind of the transfers')}
        value={model.kind}
        options={kinds}
        onChange={event => model.setKind(event.target.value as TransferKind)}
      />
      <HTMLSelect
        aria-label={trans.__('State of the transfers')}
        value={model.state}
        options={states}
        onChange={event => model.setState(event.target.value as TransferState)}
      />
      {model.all.some(hasEnded) && (
        <Button
          className="jp-RucioLink"
          title={trans.__(
            'Remove what has ended from this list; the data stays where it is'
          )}
          onClick={onClear}
        >
          {trans.__('Clear finished')}
        </Button>
      )}
      {onUpload && (
        <Button
          minimal
          className="jp-RucioTransferTools-upload"
          aria-label={trans.__('Upload…')}
          title={trans.__('Upload files to Rucio')}
          onClick={onUpload}
        >
          <fileUploadIcon.react tag="span" />
        </Button>
      )}
    </div>
  );
}
