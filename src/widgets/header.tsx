import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { Header } from '../components/Header';
import type { NoteAction } from '../components/notes';
import type { IInstancesModel } from '../tokens';

/** The top of the sidebar. */
export class HeaderWidget extends ReactWidget {
  constructor(options: HeaderWidget.IOptions) {
    super();
    this._options = options;
    this.addClass('jp-RucioHeader');
  }

  protected render(): JSX.Element {
    return <Header {...this._options} />;
  }

  private readonly _options: HeaderWidget.IOptions;
}

export namespace HeaderWidget {
  export interface IOptions {
    model: IInstancesModel;
    trans: TranslationBundle;
    onMenu: (button: HTMLElement) => void;
    onAction: (action: NoteAction) => void;
  }
}
