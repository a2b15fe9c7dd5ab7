import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React, { useEffect, useRef, useState } from 'react';

import type { IFolderEntry } from '../api/types';
import { FolderModel } from '../model/folder';
import type { IRucioApi } from '../tokens';
import { FolderList } from './FolderList';
import { FolderPath } from './FolderPath';
import { FolderStatus } from './FolderStatus';
import { Modal } from './Modal';
import { useSignal } from './signals';

export interface IFilePickerProps {
  title: string;
  /** The file of before: its folder is where the picker begins; empty for the home folder. */
  file: string;
  /** Lists a folder of the server. */
  list: IRucioApi['folder'];
  /** The path of the chosen file; null where it was given up. */
  onDone: (path: string | null) => void;
  trans: TranslationBundle;
}

/** A dialog that chooses a file among those of the server, by name: contents are never read. */
export function FilePicker(props: IFilePickerProps): JSX.Element {
  const { title, file, list, onDone, trans } = props;
  const [model] = useState(() => new FolderModel(list));
  const rows = useRef<HTMLDivElement>(null);
  useSignal(model.changed);
  useEffect(() => {
    void model.begin(file).then(() => rows.current?.focus());
    return () => model.dispose();
  }, [model, file]);

  const take = (entry: IFolderEntry | null) => {
    if (!entry?.is_readable) {
      return;
    }
    if (entry.type === 'folder') {
      void model.open(entry.path);
    } else {
      onDone(entry.path);
    }
  };
  const go = async (path: string) => {
    take(await model.go(path));
    // What cannot be opened is to be corrected where it was typed.
    if (model.error === null) {
      rows.current?.focus();
    }
  };
  const { active, folder } = model;
  return (
    <Modal
      title={title}
      className="jp-RucioPicker"
      onCancel={() => onDone(null)}
    >
      <FolderPath
        model={model}
        onGo={path => void go(path)}
        onUp={() => void model.up().then(() => rows.current?.focus())}
        onHome={() => void model.open().then(() => rows.current?.focus())}
        trans={trans}
      />
      <FolderList
        ref={rows}
        model={model}
        label={folder?.path ?? title}
        onTake={take}
        onUp={() => void model.up()}
        trans={trans}
      />
      <FolderStatus model={model} trans={trans} />
      <div className="jp-RucioPicker-buttons">
        <Button
          type="button"
          className="jp-RucioButton"
          onClick={() => onDone(null)}
        >
          {trans.__('Cancel')}
        </Button>
        <Button
          type="button"
          className="jp-RucioButton jp-mod-primary"
          disabled={!active?.is_readable}
          onClick={() => take(active)}
        >
          {active?.type === 'folder' ? trans.__('Open') : trans.__('Choose')}
        </Button>
      </div>
    </Modal>
  );
}
