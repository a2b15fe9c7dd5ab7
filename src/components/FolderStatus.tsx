import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { FolderModel } from '../model/folder';
import { formatCount } from './format';
import { errorText } from './words';

/** What is to be said of a folder, told also to those who cannot see it. */
export function FolderStatus(props: {
  model: FolderModel;
  trans: TranslationBundle;
}): JSX.Element {
  const { model, trans } = props;
  const { error, active } = model;
  const wrong = error && errorText(error, trans);
  return (
    <div className="jp-RucioPicker-status" aria-live="polite">
      {wrong && (
        <div data-tone="error">
          {wrong.message} {wrong.hint}
        </div>
      )}
      {active && !active.is_readable && (
        <div data-tone="warn">
          {active.type === 'folder'
            ? trans.__('You may not open %1.', active.name)
            : trans.__('You may not read %1.', active.name)}
        </div>
      )}
      <div>{countWords(model, trans)}</div>
    </div>
  );
}

function countWords(model: FolderModel, trans: TranslationBundle): string {
  const { folder, isLoading } = model;
  if (isLoading) {
    return trans.__('Looking…');
  }
  if (folder === null) {
    return '';
  }
  const count = folder.entries.length;
  if (folder.truncated) {
    return trans.__(
      'Only the first %1 are shown. Others can be typed above.',
      formatCount(count)
    );
  }
  return count === 0
    ? trans.__('There is nothing in this folder.')
    : trans._n('%2 entry', '%2 entries', count, formatCount(count));
}
