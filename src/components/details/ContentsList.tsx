import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IDidItem } from '../../api/types';
import type { DetailsModel } from '../../model/details';
import type { IAvailabilityModel, IInstancesModel } from '../../tokens';
import { COLLECTION_ROW_HEIGHT, DidTree } from '../DidTree';
import { formatCount } from '../format';
import type { RowAction } from '../rowActions';
import type { SelectionAction } from '../SelectionBar';
import { useSignal } from '../signals';
import { DetailsSection } from './DetailsSection';

/** More rows than that are scrolled inside the section. */
const SHOWN_ROWS = 10;

export interface IContentsListProps {
  model: DetailsModel;
  availability: IAvailabilityModel;
  instances: IInstancesModel;
  onAction: (item: IDidItem, action: RowAction) => void;
  onSelected: (items: readonly IDidItem[], action: SelectionAction) => void;
  onOpen: (item: IDidItem) => void;
  trans: TranslationBundle;
}

/** What is in a collection. */
export function ContentsList(props: IContentsListProps): JSX.Element {
  const { model, availability, instances, trans } = props;
  const { onAction, onSelected, onOpen } = props;
  const { contents } = model;
  useSignal(contents.changed);
  useSignal(contents.tree.changed);
  const { tree, state, count } = contents;
  const height = Math.min(SHOWN_ROWS, tree.length) * COLLECTION_ROW_HEIGHT;
  return (
    <DetailsSection
      model={model}
      name="contents"
      title={trans.__('Contents')}
      caption={
        state === 'idle'
          ? undefined
          : `${formatCount(count)}${state === 'loading' ? '…' : ''}`
      }
      section={contents}
      trans={trans}
    >
      {tree.length > 0 ? (
        <>
          <div className="jp-RucioDetails-tree" style={{ height }}>
            <DidTree
              tree={tree}
              instance={model.instance}
              availability={availability}
              instances={instances}
              onAction={onAction}
              onSelected={onSelected}
              onDetails={onOpen}
              trans={trans}
            />
          </div>
          {contents.isTruncated && (
            <p className="jp-RucioDetails-empty" role="status">
              {trans.__('There is more; the list was cut here.')}
            </p>
          )}
        </>
      ) : state === 'ready' ? (
        <p className="jp-RucioDetails-empty">{trans.__('Nothing in it.')}</p>
      ) : null}
    </DetailsSection>
  );
}
