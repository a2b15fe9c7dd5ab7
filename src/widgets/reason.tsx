import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { Reason, type IReasonProps } from '../components/Reason';

/** The body of the dialog that says why a DID is not available. */
export class ReasonWidget extends ReactWidget {
  constructor(props: IReasonProps) {
    super();
    this._props = props;
  }

  protected render(): JSX.Element {
    return <Reason {...this._props} />;
  }

  private readonly _props: IReasonProps;
}
