import { Button, closeIcon } from '@jupyterlab/ui-components';
import React, { useState } from 'react';

import { formatCount } from '../format';
import type { IUploadFieldsProps } from './UploadForm';

/** So many paths are listed; of more the number says enough. */
const LISTED_PATHS = 6;

/** The files and folders that are to be uploaded. */
export function UploadPaths(
  props: IUploadFieldsProps & { onChoose: (() => void) | null }
): JSX.Element {
  const { model, trans, wrong, onChoose } = props;
  const { paths } = model.fields;
  const [typed, setTyped] = useState('');
  const add = () => {
    if (typed.trim() !== '') {
      model.addPaths([typed.trim()]);
      setTyped('');
    }
  };
  return (
    <fieldset className="jp-RucioUpload-paths">
      <legend>{trans.__('Files and folders')}</legend>
      {paths.length > 0 && (
        <ul aria-label={trans.__('To be uploaded')}>
          {paths.slice(0, LISTED_PATHS).map(path => (
            <li key={path}>
              <span title={path}>{path === '' ? '/' : path}</span>
              <Button
                minimal
                aria-label={trans.__('Leave out %1', path)}
                title={trans.__('Leave out')}
                onClick={() => model.removePath(path)}
              >
                <closeIcon.react tag="span" />
              </Button>
            </li>
          ))}
          {paths.length > LISTED_PATHS && (
            <li>
              {trans.__(
                'and %1 more',
                formatCount(paths.length - LISTED_PATHS)
              )}
            </li>
          )}
        </ul>
      )}
      <div className="jp-RucioUpload-add">
        {onChoose && (
          <Button
            type="button"
            className="jp-RucioButton"
            name="choose"
            onClick={onChoose}
            {...wrong('paths')}
          >
            {paths.length > 0
              ? trans.__('Choose more…')
              : trans.__('Choose files…')}
          </Button>
        )}
        <input
          className="jp-mod-styled"
          name="path"
          aria-label={trans.__('Path on the server')}
          placeholder={trans.__('or type a path on the server')}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={typed}
          {...wrong('paths')}
          onChange={event => setTyped(event.target.value)}
          onBlur={add}
          onKeyDown={event => {
            if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
              add();
            }
          }}
        />
        {typed.trim() !== '' && (
          <Button type="button" className="jp-RucioButton" onClick={add}>
            {trans.__('Add')}
          </Button>
        )}
      </div>
    </fieldset>
  );
}
