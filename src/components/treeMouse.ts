import type React from 'react';

import type { DidRow } from '../model/rows';
import type { TreeModel } from '../model/tree';

/** On a Mac the control key makes a click the right button's. */
const IS_MAC = /Mac/i.test(navigator.platform);

/** What the mouse does with a row; keys held down make it select several. */
export function rowMouse(
  tree: TreeModel,
  row: DidRow
): { onMouseDown: React.MouseEventHandler; onClick: React.MouseEventHandler } {
  return {
    onMouseDown: event => {
      if (isOnButton(event)) {
        // A row's own button acts on that row, whatever else is selected.
        tree.setActive(row);
        return;
      }
      if (event.button === 0 && event.shiftKey) {
        tree.extendTo(tree.indexOf(row));
        return;
      }
      if (isAdding(event)) {
        const active = tree.active;
        tree.selection.toggle(row, active?.kind === 'did' ? active : null);
        const anchor = tree.active;
        tree.setActive(row);
        if (anchor !== row) {
          tree.selection.setAnchor(row);
        }
        return;
      }
      // What is selected stays so: it may be about to be dragged, or is what the menu is for.
      if (!tree.selection.has(row)) {
        tree.selection.clear();
      }
      tree.setActive(row);
    },
    onClick: event => {
      if (!isOnButton(event) && !event.shiftKey && !isAdding(event)) {
        tree.selection.clear();
      }
    }
  };
}

function isAdding(event: React.MouseEvent): boolean {
  return event.button === 0 && (event.metaKey || (event.ctrlKey && !IS_MAC));
}

function isOnButton(event: React.MouseEvent): boolean {
  return (
    event.target instanceof Element && event.target.closest('button') !== null
  );
}
