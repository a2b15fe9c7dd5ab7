import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { useSignal } from '../components/signals';
import { totalWords } from '../components/transfers/transferWords';
import { movingIcon } from '../icons';
import { totalOf, type TransfersModel } from '../model/transfers';

export interface ITransfersStatusProps {
  model: TransfersModel;
  onClick: () => void;
  trans: TranslationBundle;
}

/** The sum of what moves, for the status bar. */
export class TransfersStatusWidget extends ReactWidget {
  constructor(private readonly _props: ITransfersStatusProps) {
    super();
  }

  protected override render(): JSX.Element {
    return <TransfersStatus {...this._props} />;
  }
}

function TransfersStatus(props: ITransfersStatusProps): JSX.Element {
  const { model, onClick, trans } = props;
  useSignal(model.changed);
  return (
    <button
      type="button"
      className="jp-RucioTransfersStatus"
      title={trans.__('What moves to and from the data lake')}
      onClick={onClick}
    >
      <movingIcon.react
        tag="span"
        className="jp-RucioIcon"
        aria-hidden="true"
      />
      {totalWords(totalOf(model.all), trans)}
    </button>
  );
}
