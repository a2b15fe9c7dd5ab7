import type { TranslationBundle } from '@jupyterlab/translation';
import { folderIcon } from '@jupyterlab/ui-components';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import React, { useCallback, useEffect, useId, useRef } from 'react';

import type { IFolderEntry } from '../api/types';
import { fileIcon } from '../icons';
import type { FolderModel } from '../model/folder';
import { formatDate } from './ages';
import { useFolderKeys } from './folderKeys';
import { formatBytes } from './format';
import { useSignal } from './signals';

/** In pixels; the style sheet sets the same. */
export const ENTRY_HEIGHT = 26;

/** Entries kept beyond the edges, so that scrolling does not show white. */
const OVERSCAN = 8;

export interface IFolderListProps {
  model: FolderModel;
  label: string;
  /** Opens a folder, chooses a file. */
  onTake: (entry: IFolderEntry) => void;
  onUp: () => void;
  trans: TranslationBundle;
}

/**
 * The names in a folder: a WAI-ARIA listbox of which only what can be seen exists.
 *
 * The focus stays on the list itself and `aria-activedescendant` names the active entry.
 */
export const FolderList = React.forwardRef<HTMLDivElement, IFolderListProps>(
  function FolderList(props, ref) {
    const { model, label, onTake, onUp, trans } = props;
    useSignal(model.changed);
    const id = useId();
    const node = useRef<HTMLDivElement | null>(null);
    const { entries, activeIndex: active, folder } = model;

    const virtualizer = useVirtualizer({
      count: entries.length,
      getScrollElement: () => node.current,
      estimateSize: () => ENTRY_HEIGHT,
      rangeExtractor: useRangeWith(active),
      overscan: OVERSCAN
    });
    useEffect(() => {
      if (active >= 0) {
        virtualizer.scrollToIndex(active, { align: 'auto' });
      }
    }, [virtualizer, folder, active]);
    const onKeyDown = useFolderKeys({
      model,
      pageEntries: () =>
        Math.max(
          1,
          Math.floor((node.current?.clientHeight ?? 0) / ENTRY_HEIGHT)
        ),
      onTake,
      onUp
    });
    return (
      <div
        ref={element => {
          node.current = element;
          if (typeof ref === 'function') {
            ref(element);
          } else if (ref) {
            ref.current = element;
          }
        }}
        className="jp-RucioPicker-list"
        role="listbox"
        tabIndex={0}
        aria-label={label}
        aria-busy={model.isLoading}
        aria-activedescendant={active < 0 ? undefined : `${id}-${active}`}
        onKeyDown={onKeyDown}
      >
        <div role="none" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const entry = entries[index];
            return (
              entry && (
                <Entry
                  key={entry.path}
                  id={`${id}-${index}`}
                  entry={entry}
                  position={index + 1}
                  count={entries.length}
                  top={start}
                  isActive={index === active}
                  onMouseDown={() => model.moveTo(index)}
                  onDoubleClick={() => onTake(entry)}
                  trans={trans}
                />
              )
            );
          })}
        </div>
      </div>
    );
  }
);

interface IEntryProps {
  id: string;
  entry: IFolderEntry;
  position: number;
  count: number;
  top: number;
  isActive: boolean;
  onMouseDown: () => void;
  onDoubleClick: () => void;
  trans: TranslationBundle;
}

function Entry(props: IEntryProps): JSX.Element {
  const { entry, isActive, trans } = props;
  const isFolder = entry.type === 'folder';
  const Icon = isFolder ? folderIcon : fileIcon;
  const size = entry.size === null || isFolder ? '' : formatBytes(entry.size);
  const modified =
    entry.modified_at === null
      ? ''
      : formatDate(Date.parse(entry.modified_at), Date.now());
  const kind = isFolder ? trans.__('Folder') : trans.__('File');
  const reason = entry.is_readable ? '' : trans.__('not readable');
  return (
    <div
      id={props.id}
      className="jp-RucioPicker-entry"
      role="option"
      aria-selected={isActive}
      aria-disabled={!entry.is_readable}
      aria-posinset={props.position}
      aria-setsize={props.count}
      aria-label={[entry.name, kind, reason, size, modified]
        .filter(Boolean)
        .join(', ')}
      title={[entry.name, reason].filter(Boolean).join(' · ')}
      style={{ transform: `translateY(${props.top}px)` }}
      onMouseDown={props.onMouseDown}
      onDoubleClick={props.onDoubleClick}
    >
      <Icon.react tag="span" className="jp-RucioIcon" />
      <span className="jp-RucioPicker-name">{entry.name}</span>
      <span className="jp-RucioPicker-size">{reason || size}</span>
      <span className="jp-RucioPicker-date">{modified}</span>
    </div>
  );
}

/** Draws the active entry too, wherever it is, since the list refers to it. */
function useRangeWith(active: number): typeof defaultRangeExtractor {
  return useCallback(
    range => {
      const indices = defaultRangeExtractor(range);
      return active < 0 || active >= range.count || indices.includes(active)
        ? indices
        : [...indices, active].sort((a, b) => a - b);
    },
    [active]
  );
}
