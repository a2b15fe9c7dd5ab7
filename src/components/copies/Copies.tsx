import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React from 'react';

import { ApiError } from '../../api/errors';
import type { ICopy } from '../../api/types';
import type { CopiesModel } from '../../model/copies';
import { agoWords, useNow } from '../ages';
import { formatBytes, formatCount } from '../format';
import { amountWords } from '../planWords';
import { useSignal } from '../signals';
import { errorText } from '../words';

export interface ICopiesProps {
  model: CopiesModel;
  /** Shows a folder in the file browser; null where there is none. */
  onOpen: ((contentsPath: string) => void) | null;
  trans: TranslationBundle;
}

/** What downloads have left on the disk, each with what can be done with it. */
export function Copies(props: ICopiesProps): JSX.Element {
  const { model, trans } = props;
  useSignal(model.changed);
  const { list } = model;
  const copies = list.value;
  return (
    <div className="jp-RucioCopies">
      {list.error && (
        <p role="alert" data-tone="error">
          {errorText(list.error, trans).message}{' '}
          <Button className="jp-RucioLink" onClick={() => void list.reload()}>
            {trans.__('Try again')}
          </Button>
        </p>
      )}
      {copies === undefined ? (
        !list.error && <p role="status">{trans.__('Looking at the disk…')}</p>
      ) : copies.length === 0 ? (
        <p>{trans.__('Nothing has been downloaded.')}</p>
      ) : (
        <>
          <p className="jp-RucioCopies-total">
            {trans._n(
              '%2 copy, %3',
              '%2 copies, together %3',
              copies.length,
              formatCount(copies.length),
              formatBytes(model.totalBytes)
            )}
          </p>
          <ul aria-label={trans.__('Local copies')}>
            {copies.map(copy => (
              <Copy key={copy.did} {...props} copy={copy} />
            ))}
          </ul>
        </>
      )}
      <div className="jp-RucioCopies-outcome" role="status">
        <Outcome model={model} trans={trans} />
      </div>
    </div>
  );
}

function Copy(props: ICopiesProps & { copy: ICopy }): JSX.Element {
  const { copy, model, trans, onOpen } = props;
  const { did, contents_path: folder, is_complete: isComplete } = copy;
  const now = useNow();
  const facts = [
    amountWords(copy.files, copy.bytes, trans),
    !isComplete && trans.__('not complete'),
    copy.modified_at && agoWords(copy.modified_at, now, trans),
    copy.is_legacy && trans.__('of the earlier extension')
  ].filter(Boolean);
  return (
    <li data-did={did}>
      <div className="jp-RucioCopies-copy">
        <span className="jp-RucioCopies-name">{did}</span>
        <small title={copy.path}>{facts.join(' · ')}</small>
      </div>
      {model.asked === did ? (
        <Question {...props} />
      ) : (
        <span className="jp-RucioCopies-buttons">
          {onOpen && folder !== null && (
            <Button
              className="jp-RucioButton"
              aria-label={trans.__('Open %1 in the file browser', did)}
              onClick={() => onOpen(folder)}
            >
              {trans.__('Open')}
            </Button>
          )}
          <Button
            className="jp-RucioButton"
            aria-label={trans.__('Delete the copy of %1', did)}
            disabled={model.deleting !== null}
            onClick={() => model.ask(did)}
          >
            {model.deleting === did
              ? trans.__('Deleting…')
              : trans.__('Delete…')}
          </Button>
        </span>
      )}
    </li>
  );
}

function Question(props: ICopiesProps & { copy: ICopy }): JSX.Element {
  const { copy, model, trans } = props;
  return (
    <div
      className="jp-RucioCopies-question"
      role="group"
      aria-label={trans.__('Delete the copy of %1', copy.did)}
    >
      <span>
        {trans.__(
          'Delete it from this disk? That frees %1; the data lake keeps its copies.',
          formatBytes(copy.bytes)
        )}
      </span>
      <span className="jp-RucioCopies-buttons">
        <Button
          className="jp-RucioButton jp-mod-primary"
          autoFocus
          onClick={() => void model.deleteAsked()}
        >
          {trans.__('Delete')}
        </Button>
        <Button className="jp-RucioButton" onClick={() => model.ask(null)}>
          {trans.__('Keep')}
        </Button>
      </span>
    </div>
  );
}

function Outcome(props: {
  model: CopiesModel;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { model, trans } = props;
  const { outcome } = model;
  if (outcome === null) {
    return null;
  }
  if (outcome instanceof ApiError) {
    const { message, hint } = errorText(outcome, trans);
    return (
      <span data-tone="error">
        {message} {hint}
      </span>
    );
  }
  return (
    <span>{trans.__('%1 are free again.', formatBytes(outcome.bytes))}</span>
  );
}
