import type React from 'react';
import { useRef } from 'react';

import type { DidRow, Row } from '../model/rows';
import type { TreeModel } from '../model/tree';
import { isLetter, TypeAhead } from './typeAhead';

export interface ITreeKeys {
  tree: TreeModel;
  canSelectSeveral: boolean;
  /** How many rows a page has. */
  pageRows: () => number;
  /** Scrolls as little as is needed to show the row at an index. */
  reveal: (index: number) => void;
  /** Does the one thing that makes sense with a row. */
  activate: (row: DidRow) => void;
  openMenu: (row: DidRow) => void;
}

/** The keys of the WAI-ARIA tree pattern. */
export function useTreeKeys(
  keys: ITreeKeys
): (event: React.KeyboardEvent) => void {
  const typed = useRef(new TypeAhead());
  return event => {
    // Keys in a row's button are the button's own.
    if (event.target !== event.currentTarget) {
      return;
    }
    const isTaken =
      handleKey(event, keys) || handleLetter(event, keys, typed.current);
    if (isTaken) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
}

function handleKey(event: React.KeyboardEvent, keys: ITreeKeys): boolean {
  const { tree } = keys;
  if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
    if (tree.active?.kind === 'did') {
      keys.openMenu(tree.active);
    }
    return true;
  }
  if (keys.canSelectSeveral && isSelecting(event, tree)) {
    return true;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) {
    return false;
  }
  if (keys.canSelectSeveral && event.shiftKey) {
    return extend(event, keys);
  }
  switch (event.key) {
    case 'ArrowDown':
      return reveal(keys, tree.moveBy(1));
    case 'ArrowUp':
      return reveal(keys, tree.moveBy(-1));
    case 'PageDown':
      return reveal(keys, tree.moveBy(keys.pageRows()));
    case 'PageUp':
      return reveal(keys, tree.moveBy(-keys.pageRows()));
    case 'Home':
      return reveal(keys, tree.moveTo(0));
    case 'End':
      return reveal(keys, tree.moveTo(tree.length - 1));
    case 'ArrowRight':
      return open(keys);
    case 'ArrowLeft':
      return close(keys);
    case 'Enter':
      return enter(keys);
    default:
      return false;
  }
}

/** The keys that select rows where they are. */
function isSelecting(event: React.KeyboardEvent, tree: TreeModel): boolean {
  const { selection } = tree;
  const isAccel = event.ctrlKey || event.metaKey;
  if (isAccel && !event.altKey && event.key.toLowerCase() === 'a') {
    selection.selectAll();
    return true;
  }
  if (event.key === 'Escape' && selection.size > 0) {
    selection.clear();
    return true;
  }
  return false;
}

/** Moves and takes the rows on the way along. */
function extend(event: React.KeyboardEvent, keys: ITreeKeys): boolean {
  const { tree } = keys;
  switch (event.key) {
    case 'ArrowDown':
      return reveal(keys, tree.extendBy(1));
    case 'ArrowUp':
      return reveal(keys, tree.extendBy(-1));
    case 'PageDown':
      return reveal(keys, tree.extendBy(keys.pageRows()));
    case 'PageUp':
      return reveal(keys, tree.extendBy(-keys.pageRows()));
    case 'Home':
      return reveal(keys, tree.extendTo(0));
    case 'End':
      return reveal(keys, tree.extendTo(tree.length - 1));
    default:
      return false;
  }
}

function reveal(keys: ITreeKeys, row: Row | null): boolean {
  if (row !== null) {
    keys.reveal(keys.tree.indexOf(row));
  }
  return true;
}

/** Opens a closed collection; from an open one goes to its first child. */
function open(keys: ITreeKeys): boolean {
  const { tree } = keys;
  const row = tree.active;
  if (row?.kind !== 'did' || !row.isExpandable) {
    return true;
  }
  if (row.isExpanded) {
    return reveal(keys, tree.moveBy(1));
  }
  void tree.expand(row);
  return true;
}

/** Closes an open collection; from anything else goes to its parent. */
function close(keys: ITreeKeys): boolean {
  const { tree } = keys;
  const row = tree.active;
  if (row?.kind === 'did' && row.isExpanded) {
    tree.collapse(row);
    return true;
  }
  const parent = row?.branch.owner;
  if (parent) {
    tree.setActive(parent);
    return reveal(keys, parent);
  }
  return true;
}

function enter(keys: ITreeKeys): boolean {
  const { tree } = keys;
  const row = tree.active;
  if (row?.kind === 'note') {
    if (row.note === 'failed' && row.branch.owner) {
      void tree.reload(row.branch.owner);
    }
  } else if (row?.isExpandable) {
    if (row.isExpanded) {
      tree.collapse(row);
    } else {
      void tree.expand(row);
    }
  } else if (row) {
    keys.activate(row);
  }
  return true;
}

function handleLetter(
  event: React.KeyboardEvent,
  keys: ITreeKeys,
  typed: TypeAhead
): boolean {
  if (!isLetter(event)) {
    return false;
  }
  if (event.key === ' ' && !typed.isGoingOn(event)) {
    const { active, selection } = keys.tree;
    if (active?.kind === 'did' && keys.canSelectSeveral) {
      selection.toggle(active);
    }
    return true;
  }
  return reveal(keys, keys.tree.moveToName(typed.add(event)));
}
