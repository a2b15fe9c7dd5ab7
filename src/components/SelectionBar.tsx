import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, closeIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { IAvailability, IDidItem } from '../api/types';
import type { TreeModel } from '../model/tree';
import { formatBytes, formatCount } from './format';

/** What can be done with several rows at once. */
export type SelectionAction = 'make-available' | 'attach' | 'copy';

export interface ISelectionBarProps {
  tree: TreeModel;
  /** Knows the size of what the list does not. */
  valueOf: (did: string) => IAvailability | undefined;
  onAction: (items: readonly IDidItem[], action: SelectionAction) => void;
  /** Whether they are made available by downloading them. */
  isDownload?: boolean;
  trans: TranslationBundle;
}

/** How many rows are selected, and what can be done with them; nothing while none are. */
export function SelectionBar(props: ISelectionBarProps): JSX.Element | null {
  const { tree, onAction, trans } = props;
  const { selection } = tree;
  if (selection.size === 0) {
    return null;
  }
  const act = (action: SelectionAction) => () =>
    onAction(tree.selected, action);
  return (
    <div
      className="jp-RucioSelection"
      role="group"
      aria-label={trans.__('What is selected')}
    >
      <span className="jp-RucioSelection-text" role="status">
        {selectionWords(props)}
      </span>
      <Button
        minimal
        className="jp-RucioSelection-clear"
        aria-label={trans.__('Select none')}
        title={trans.__('Select none')}
        onClick={() => selection.clear()}
      >
        <closeIcon.react tag="span" />
      </Button>
      <span className="jp-RucioSelection-actions">
        <Button
          className="jp-RucioButton jp-mod-primary"
          onClick={act('make-available')}
        >
          {props.isDownload ? trans.__('Download') : trans.__('Make available')}
        </Button>
        <Button className="jp-RucioButton" onClick={act('attach')}>
          {trans.__('Attach')}
        </Button>
        <Button className="jp-RucioButton" onClick={act('copy')}>
          {trans.__('Copy DIDs')}
        </Button>
      </span>
    </div>
  );
}

function selectionWords(props: ISelectionBarProps): string {
  const { tree, valueOf, trans } = props;
  const { selection } = tree;
  const { files, bytes, isAll } = sums(tree.selected, valueOf);
  const count = selection.size;
  const words = [
    trans._n('%2 selected', '%2 selected', count, formatCount(count))
  ];
  const hidden = selection.hiddenCount;
  if (hidden > 0) {
    words.push(
      trans._n(
        '%2 of them not shown',
        '%2 of them not shown',
        hidden,
        formatCount(hidden)
      )
    );
  }
  if (files > 0) {
    words.push(
      isAll
        ? trans._n('%2 file', '%2 files', files, formatCount(files))
        : trans.__('at least %1 files', formatCount(files))
    );
  }
  if (bytes > 0) {
    words.push(formatBytes(bytes));
  }
  return words.join(', ');
}

function sums(
  items: readonly IDidItem[],
  valueOf: (did: string) => IAvailability | undefined
): { files: number; bytes: number; isAll: boolean } {
  let files = 0;
  let bytes = 0;
  let isAll = true;
  for (const item of items) {
    const value = valueOf(item.did);
    const length =
      item.type === 'file' ? 1 : (item.length ?? value?.files_total ?? null);
    const size = item.size ?? value?.bytes_total ?? null;
    files += length ?? 0;
    bytes += size ?? 0;
    isAll &&= length !== null && size !== null;
  }
  return { files, bytes, isAll };
}
