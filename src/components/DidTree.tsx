import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import React, { useCallback, useEffect, useRef } from 'react';

import type { IDidItem } from '../api/types';
import {
  datasetAround,
  type DidRow,
  type NoteRow,
  type Row
} from '../model/rows';
import type { TreeModel } from '../model/tree';
import type { IAvailabilityModel, IInstancesModel } from '../tokens';
import { useNow } from './ages';
import { rowAction, type RowAction } from './rowActions';
import { DidTreeRow, NoteTreeRow } from './DidTreeRow';
import { SelectionBar, type SelectionAction } from './SelectionBar';
import { useSignal } from './signals';
import { useTreeKeys } from './treeKeys';
import { rowMouse } from './treeMouse';

/** In pixels; the style sheet sets the same. */
export const COLLECTION_ROW_HEIGHT = 44;
export const FILE_ROW_HEIGHT = 26;

/** Rows kept beyond the edges, so that scrolling does not show white. */
const OVERSCAN_ROWS = 8;
/** What scrolls past faster than this is not asked about. */
const SETTLE_MS = 80;

export interface IDidTreeProps {
  tree: TreeModel;
  instance: string;
  /** Asked about the rows on the screen, whenever it has settled on others. */
  availability: IAvailabilityModel;
  /** @param dataset - the dataset that a file is listed in, or null */
  onAction: (item: IDidItem, action: RowAction, dataset: string | null) => void;
  /** Does something with all that are selected; without it one row can be selected at a time. */
  onSelected?: (items: readonly IDidItem[], action: SelectionAction) => void;
  /** Shows all that is known of a DID. */
  onDetails?: (item: IDidItem) => void;
  /** Knows which of several destinations goes without saying. */
  instances?: IInstancesModel;
  trans: TranslationBundle;
}

/**
 * The rows of a `TreeModel`: a WAI-ARIA tree of which only what can be seen exists.
 *
 * The focus stays on the tree itself and `aria-activedescendant` names the active row, so that no row
 * can take the focus away with it when it leaves the screen; the active row always exists.
 */
export function DidTree(props: IDidTreeProps): JSX.Element {
  const { tree, trans, availability, onAction, instance } = props;
  const { onSelected, onDetails, instances } = props;
  const now = useNow();
  const configuration = instances?.get(instance);
  const firstRse = configuration?.destinations[0]?.rse;
  const isDownload = configuration?.mode === 'download';
  useSignal(tree.changed);
  useSignal(availability.changed);
  const node = useRef<HTMLDivElement>(null);
  const active = tree.active === null ? -1 : tree.indexOf(tree.active);
  const version = tree.version;

  const rangeWithActive = useCallback(
    (range: Parameters<typeof defaultRangeExtractor>[0]) => {
      const indices = defaultRangeExtractor(range);
      if (active < 0 || active >= range.count || indices.includes(active)) {
        return indices;
      }
      return [...indices, active].sort((a, b) => a - b);
    },
    [active]
  );
  // A new function for each version: the positions are computed again although the number of rows
  // may be the same.
  const keyOf = useCallback(
    (index: number) => tree.at(index)?.id ?? index,
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [tree, version]
  );
  const virtualizer = useVirtualizer({
    count: tree.length,
    getScrollElement: () => node.current,
    estimateSize: index => heightOf(tree.at(index)),
    getItemKey: keyOf,
    rangeExtractor: rangeWithActive,
    overscan: OVERSCAN_ROWS
  });
  const items = virtualizer.getVirtualItems();

  const entryOf = (did: string) => availability.entry(instance, did);
  useWatched(
    availability,
    instance,
    items.flatMap(item => {
      const row = tree.at(item.index);
      return row?.kind === 'did' ? [row.item.did] : [];
    })
  );

  const onKeyDown = useTreeKeys({
    tree,
    canSelectSeveral: onSelected !== undefined,
    pageRows: () =>
      Math.max(
        1,
        Math.floor((node.current?.clientHeight ?? 0) / COLLECTION_ROW_HEIGHT)
      ),
    reveal: index => virtualizer.scrollToIndex(index, { align: 'auto' }),
    activate: row => {
      const action = rowAction(entryOf(row.item.did));
      if (action) {
        onAction(row.item, action, datasetAround(row));
      }
    },
    openMenu: row => openContextMenu(elementOf(node.current, row))
  });

  const isSelected = (row: Row) =>
    tree.selection.size === 0
      ? row === tree.active
      : row.kind === 'did' && tree.selection.has(row);

  return (
    <>
      <div
        ref={node}
        className="jp-RucioTree"
        role="tree"
        tabIndex={0}
        aria-label={trans.__('Data identifiers')}
        aria-multiselectable={onSelected !== undefined}
        aria-activedescendant={
          tree.active === null ? undefined : rowId(tree.active)
        }
        onKeyDown={onKeyDown}
        onFocus={event => {
          if (event.target === event.currentTarget && tree.active === null) {
            tree.moveTo(0);
          }
        }}
      >
        <div
          className="jp-RucioTree-rows"
          role="none"
          style={{ height: virtualizer.getTotalSize() }}
        >
          {items.map(item => {
            const row = tree.at(item.index);
            if (row === undefined) {
              return null;
            }
            const place = {
              id: rowId(row),
              top: item.start,
              height: item.size,
              isActive: row === tree.active,
              isSelected: isSelected(row)
            };
            return row.kind === 'did' ? (
              <DidTreeRow
                key={row.id}
                {...place}
                row={row}
                instance={instance}
                entry={entryOf(row.item.did)}
                plans={availability.plans}
                firstRse={firstRse}
                isDownload={isDownload}
                now={now}
                trans={trans}
                {...(onSelected
                  ? rowMouse(tree, row)
                  : { onMouseDown: () => tree.setActive(row) })}
                onToggle={() => toggle(tree, row)}
                onAction={action =>
                  onAction(row.item, action, datasetAround(row))
                }
                onDetails={onDetails && (() => onDetails(row.item))}
              />
            ) : (
              <NoteTreeRow
                key={row.id}
                {...place}
                row={row}
                trans={trans}
                onSelect={() => tree.setActive(row)}
                onRetry={() => retry(tree, row)}
              />
            );
          })}
        </div>
      </div>
      {onSelected && (
        <SelectionBar
          tree={tree}
          valueOf={did => entryOf(did)?.value}
          onAction={onSelected}
          isDownload={isDownload}
          trans={trans}
        />
      )}
    </>
  );
}

/** Opens a closed collection and closes an open one. */
export function toggle(tree: TreeModel, row: DidRow): void {
  if (row.isExpanded) {
    tree.collapse(row);
  } else {
    void tree.expand(row);
  }
}

function retry(tree: TreeModel, row: NoteRow): void {
  if (row.branch.owner !== null) {
    void tree.reload(row.branch.owner);
  }
}

export function heightOf(row: Row | undefined): number {
  const isLow =
    row?.kind === 'note' || (row?.item.type === 'file' && row.level > 1);
  return isLow ? FILE_ROW_HEIGHT : COLLECTION_ROW_HEIGHT;
}

function rowId(row: Row): string {
  return `jp-RucioTree-row-${row.id}`;
}

function elementOf(tree: HTMLElement | null, row: Row): HTMLElement | null {
  return tree?.querySelector<HTMLElement>(`#${rowId(row)}`) ?? null;
}

/** Jupyter opens its menu for the element under this event, as for a click of the right button. */
function openContextMenu(element: HTMLElement | null): void {
  if (element === null) {
    return;
  }
  const box = element.getBoundingClientRect();
  element.dispatchEvent(
    new MouseEvent('contextmenu', {
      bubbles: true,
      cancelable: true,
      clientX: box.left + 24,
      clientY: box.top + box.height / 2
    })
  );
}

/** Watches the availability of DIDs, once the list of them has stayed the same for a moment. */
function useWatched(
  availability: IAvailabilityModel,
  instance: string,
  dids: readonly string[]
): void {
  const watch = useRef<IDisposable | null>(null);
  const text = dids.join('\n');
  useEffect(() => {
    const timer = window.setTimeout(() => {
      const before = watch.current;
      watch.current = availability.watch(
        instance,
        text === '' ? [] : text.split('\n')
      );
      before?.dispose();
    }, SETTLE_MS);
    return () => window.clearTimeout(timer);
  }, [availability, instance, text]);
  useEffect(() => () => watch.current?.dispose(), []);
}
