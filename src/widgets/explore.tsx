import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import type { IDidItem } from '../api/types';
import type { IDidTreeProps } from '../components/DidTree';
import { Explore } from '../components/Explore';
import type { RowAction } from '../components/rowActions';
import type { SearchModel } from '../model/search';
import type { IAvailabilityModel, IInstancesModel } from '../tokens';

/** The section with the search and its results. */
export class ExploreWidget extends ReactWidget {
  constructor(options: ExploreWidget.IOptions) {
    super();
    this._options = options;
    this.addClass('jp-RucioExplore-widget');
  }

  /** Puts the cursor into the search field. */
  focusSearch(): void {
    const field = () =>
      this.node.querySelector<HTMLInputElement>('.jp-RucioSearch input');
    void (this.renderPromise ?? Promise.resolve()).then(() => field()?.focus());
  }

  protected render(): JSX.Element {
    return <Explore {...this._options} />;
  }

  private readonly _options: ExploreWidget.IOptions;
}

export namespace ExploreWidget {
  export interface IOptions {
    model: SearchModel;
    instances: IInstancesModel;
    availability: IAvailabilityModel;
    trans: TranslationBundle;
    onSelected: IDidTreeProps['onSelected'];
    onDetails: IDidTreeProps['onDetails'];
    onAction: (
      item: IDidItem,
      action: RowAction,
      dataset: string | null
    ) => void;
    onSignIn: () => void;
  }
}
