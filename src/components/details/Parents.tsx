import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useState } from 'react';

import type { IDidItem } from '../../api/types';
import type { DetailsModel } from '../../model/details';
import { DidName } from '../DidName';
import { formatCount } from '../format';
import { useSignal } from '../signals';
import { sizeWords, typeIcon, typeWord } from '../words';
import { DetailsSection } from './DetailsSection';

/** So many are drawn before more are asked for: a file may be in thousands of datasets. */
const FIRST = 50;

export interface IParentsProps {
  model: DetailsModel;
  onOpen: (item: IDidItem) => void;
  trans: TranslationBundle;
}

/** The collections that it is in. */
export function Parents(props: IParentsProps): JSX.Element {
  const { model, onOpen, trans } = props;
  const { parents } = model;
  useSignal(parents.changed);
  const [isAll, setAll] = useState(false);
  const list = parents.value;
  const items = list?.items ?? [];
  const drawn = isAll ? items : items.slice(0, FIRST);
  return (
    <DetailsSection
      model={model}
      name="parents"
      title={trans.__('Is part of')}
      caption={list && formatCount(items.length)}
      section={parents}
      trans={trans}
    >
      {list ? (
        <>
          {items.length === 0 && parents.state === 'ready' && (
            <p className="jp-RucioDetails-empty">
              {trans.__('It is in no collection.')}
            </p>
          )}
          <ul className="jp-RucioParents">
            {drawn.map(item => (
              <li key={item.did}>
                <DidLink item={item} onOpen={onOpen} trans={trans} />
              </li>
            ))}
          </ul>
          {drawn.length < items.length && (
            <button
              type="button"
              className="jp-Button jp-RucioLink"
              onClick={() => setAll(true)}
            >
              {trans.__(
                'Show %1 more',
                formatCount(items.length - drawn.length)
              )}
            </button>
          )}
        </>
      ) : null}
    </DetailsSection>
  );
}

/** A DID that opens its own page. */
export function DidLink(props: {
  item: IDidItem;
  onOpen: (item: IDidItem) => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { item, onOpen, trans } = props;
  const TypeIcon = typeIcon(item.type);
  const size = sizeWords(item, undefined, trans);
  return (
    <button
      type="button"
      className="jp-RucioDidLink"
      aria-label={trans.__(
        'Details of %1, %2',
        item.did,
        typeWord(item.type, trans)
      )}
      onClick={() => onOpen(item)}
    >
      <TypeIcon.react
        tag="span"
        className="jp-RucioIcon"
        title={typeWord(item.type, trans)}
      />
      <DidName scope={item.scope} name={item.name} />
      {size && <span className="jp-RucioDidLink-size">{size}</span>}
    </button>
  );
}
