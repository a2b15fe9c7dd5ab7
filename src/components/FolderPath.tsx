import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, homeIcon, moveUpIcon } from '@jupyterlab/ui-components';
import React, { useEffect, useState } from 'react';

import type { FolderModel } from '../model/folder';

export interface IFolderPathProps {
  model: FolderModel;
  /** To a path that was typed. */
  onGo: (path: string) => void;
  onUp: () => void;
  onHome: () => void;
  trans: TranslationBundle;
}

/** Where one is, to be typed too, with the ways up and home. */
export function FolderPath(props: IFolderPathProps): JSX.Element {
  const { model, onGo, onUp, onHome, trans } = props;
  const shown = model.folder?.path ?? '';
  const [path, setPath] = useState(shown);
  useEffect(() => setPath(shown), [shown, model.folder]);
  return (
    <form
      className="jp-RucioPicker-path"
      onSubmit={event => {
        event.preventDefault();
        onGo(path.trim());
      }}
    >
      <Button
        type="button"
        className="jp-RucioButton"
        aria-label={trans.__('Up')}
        title={trans.__('To the folder above (Backspace)')}
        disabled={!model.folder?.parent}
        onClick={onUp}
      >
        <moveUpIcon.react tag="span" />
      </Button>
      <Button
        type="button"
        className="jp-RucioButton"
        aria-label={trans.__('Home')}
        title={trans.__('To the home folder')}
        onClick={onHome}
      >
        <homeIcon.react tag="span" />
      </Button>
      <input
        className="jp-mod-styled"
        aria-label={trans.__('Folder or file on the server')}
        value={path}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        onChange={event => setPath(event.target.value)}
      />
    </form>
  );
}
