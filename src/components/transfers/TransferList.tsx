import type { TranslationBundle } from '@jupyterlab/translation';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import React, {
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState
} from 'react';

import type { Transfer } from '../../model/transfers';

/** In pixels: a row of two lines with a bar. It is measured once it is drawn. */
const ROW_HEIGHT = 54;

/** Rows kept beyond the edges, so that scrolling, and Tab, do not come to an end of what is drawn. */
const OVERSCAN_ROWS = 6;

/** What a row is given by the list that it is in. */
export interface IListedRow {
  transfer: Transfer;
  position: number;
  total: number;
  isCurrent: boolean;
  isExpanded: boolean;
  onToggle: () => void;
  onFocus: () => void;
}

export interface ITransferListProps {
  transfers: readonly Transfer[];
  /** The row that somebody is led to; another object for each time. */
  wanted: { readonly id: string } | null;
  renderRow: (row: IListedRow) => JSX.Element;
  /** The main action of a row: the key Enter. */
  onActivate: (transfer: Transfer) => void;
  trans: TranslationBundle;
}

/** Rows of any height, of which only those that can be seen exist; the arrow keys go from one to the next. */
export function TransferList(props: ITransferListProps): JSX.Element {
  const { transfers, wanted, renderRow, onActivate, trans } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [currentId, setCurrentId] = useState<string | null>(null);
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  /** The row that is to have the keyboard once it is drawn as the current one. */
  const wantsFocus = useRef<string | null>(null);
  const hasFocus = useRef(false);
  const lastIndex = useRef(0);

  const found = transfers.findIndex(one => one.id === currentId);
  // One that is gone leaves its place to the next.
  const current =
    found >= 0 ? found : Math.min(lastIndex.current, transfers.length - 1);
  lastIndex.current = Math.max(0, current);

  const rangeWithCurrent = useCallback(
    (range: Parameters<typeof defaultRangeExtractor>[0]) => {
      const indices = defaultRangeExtractor(range);
      return current < 0 || current >= range.count || indices.includes(current)
        ? indices
        : [...indices, current].sort((one, other) => one - other);
    },
    [current]
  );
  const virtualizer = useVirtualizer({
    count: transfers.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: index => transfers[index]?.id ?? index,
    rangeExtractor: rangeWithCurrent,
    overscan: OVERSCAN_ROWS
  });

  const toggle = (id: string, isOpen = !expanded.has(id)) => {
    const next = new Set(expanded);
    if (isOpen) {
      next.add(id);
    } else {
      next.delete(id);
    }
    setExpanded(next);
  };

  const focusOn = (index: number) => {
    const to = Math.max(0, Math.min(index, transfers.length - 1));
    setCurrentId(transfers[to].id);
    wantsFocus.current = transfers[to].id;
    virtualizer.scrollToIndex(to, { align: 'auto' });
  };

  useLayoutEffect(() => {
    const isLost = hasFocus.current && found < 0 && currentId !== null;
    const isWanted =
      wantsFocus.current !== null &&
      wantsFocus.current === transfers[current]?.id;
    if (isWanted || isLost) {
      const row = rowOf(scroller.current, current);
      row?.focus({ preventScroll: true });
      if (row !== null) {
        wantsFocus.current = null;
      }
    }
  });

  const led = useRef<typeof wanted>(null);
  useEffect(() => {
    const index = transfers.findIndex(one => one.id === wanted?.id);
    if (wanted !== led.current && wanted !== null && index >= 0) {
      led.current = wanted;
      toggle(wanted.id, true);
      focusOn(index);
    }
  });

  // Which rows are unfolded is worth remembering only while they are there.
  useEffect(() => {
    const ids = new Set(transfers.map(({ id }) => id));
    setExpanded(before =>
      [...before].every(id => ids.has(id))
        ? before
        : new Set([...before].filter(id => ids.has(id)))
    );
  }, [transfers]);

  const onKeyDown = (event: React.KeyboardEvent) => {
    const isRow =
      event.target instanceof HTMLElement &&
      event.target.dataset.transfer !== undefined;
    const transfer = transfers[current];
    if (transfer === undefined || event.altKey || event.ctrlKey) {
      return;
    }
    switch (event.key) {
      case 'ArrowDown':
        focusOn(current + 1);
        break;
      case 'ArrowUp':
        focusOn(current - 1);
        break;
      case 'Home':
        focusOn(0);
        break;
      case 'End':
        focusOn(transfers.length - 1);
        break;
      case 'ArrowRight':
        toggle(transfer.id, true);
        break;
      case 'ArrowLeft':
        toggle(transfer.id, false);
        focusOn(current);
        break;
      case 'Enter':
        // Buttons have an Enter of their own.
        if (!isRow) {
          return;
        }
        onActivate(transfer);
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={scroller}
      className="jp-RucioTransfers-scroll"
      onKeyDown={onKeyDown}
      onFocus={() => {
        hasFocus.current = true;
      }}
      onBlur={() => {
        hasFocus.current = false;
      }}
    >
      <div
        className="jp-RucioTransfers-list"
        role="list"
        aria-label={trans.__('Transfers')}
        style={{ height: virtualizer.getTotalSize() }}
      >
        {virtualizer.getVirtualItems().map(({ index, key, start }) => {
          const transfer = transfers[index];
          return (
            transfer && (
              <div
                key={key}
                ref={virtualizer.measureElement}
                role="presentation"
                className="jp-RucioTransfers-place"
                data-index={index}
                style={{ transform: `translateY(${start}px)` }}
              >
                {renderRow({
                  transfer,
                  position: index + 1,
                  total: transfers.length,
                  isCurrent: index === current,
                  isExpanded: expanded.has(transfer.id),
                  onToggle: () => toggle(transfer.id),
                  onFocus: () => setCurrentId(transfer.id)
                })}
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}

function rowOf(scroller: HTMLElement | null, index: number) {
  return (
    scroller?.querySelector<HTMLElement>(
      `[data-index="${index}"] > [role="listitem"]`
    ) ?? null
  );
}
