import type React from 'react';
import { useRef } from 'react';

import type { IFolderEntry } from '../api/types';
import type { FolderModel } from '../model/folder';
import { isLetter, TypeAhead } from './typeAhead';

export interface IFolderKeys {
  model: FolderModel;
  /** How many entries a page has. */
  pageEntries: () => number;
  onTake: (entry: IFolderEntry) => void;
  onUp: () => void;
}

/** The keys of the WAI-ARIA listbox pattern, and those of a file dialog. */
export function useFolderKeys(
  keys: IFolderKeys
): (event: React.KeyboardEvent) => void {
  const typed = useRef(new TypeAhead());
  return event => {
    const isKey = handleKey(event, keys);
    if (isKey) {
      // What is typed next begins another name.
      typed.current = new TypeAhead();
    }
    if (isKey || handleLetter(event, keys, typed.current)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
}

function handleKey(event: React.KeyboardEvent, keys: IFolderKeys): boolean {
  const { model } = keys;
  if (event.ctrlKey || event.metaKey || event.altKey) {
    return false;
  }
  switch (event.key) {
    case 'ArrowDown':
      model.moveBy(1);
      return true;
    case 'ArrowUp':
      model.moveBy(-1);
      return true;
    case 'PageDown':
      model.moveBy(keys.pageEntries());
      return true;
    case 'PageUp':
      model.moveBy(-keys.pageEntries());
      return true;
    case 'Home':
      model.moveTo(0);
      return true;
    case 'End':
      model.moveTo(model.entries.length - 1);
      return true;
    case 'Enter':
      if (model.active) {
        keys.onTake(model.active);
      }
      return true;
    case 'Backspace':
      keys.onUp();
      return true;
    default:
      return false;
  }
}

function handleLetter(
  event: React.KeyboardEvent,
  keys: IFolderKeys,
  typed: TypeAhead
): boolean {
  if (!isLetter(event)) {
    return false;
  }
  keys.model.moveToName(typed.add(event));
  return true;
}
