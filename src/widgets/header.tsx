import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { Header, type IHeaderProps } from '../components/Header';

/** The top of the sidebar. */
export class HeaderWidget extends ReactWidget {
  constructor(private readonly _props: IHeaderProps) {
    super();
    this.addClass('jp-RucioHeader');
  }

  protected render(): JSX.Element {
    return <Header {...this._props} />;
  }
}
