import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, caretRightIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { DidRow, NoteRow } from '../model/rows';
import type { IAvailabilityEntry } from '../tokens';
import { Availability, ProgressBar } from './Availability';
import { DidName } from './DidName';
import { rowAction, rowActionLabel, type RowAction } from './rowActions';
import { errorText, sizeWords, stateWords, typeIcon, typeWord } from './words';

/** In pixels, for each level. */
const INDENT = 14;

interface IPlace {
  id: string;
  top: number;
  height: number;
  isActive: boolean;
}

export interface IDidTreeRowProps extends IPlace {
  row: DidRow;
  instance: string;
  entry: IAvailabilityEntry | undefined;
  trans: TranslationBundle;
  onSelect: () => void;
  onToggle: () => void;
  onAction: (action: RowAction) => void;
}

/** A DID: two lines, or one for a file inside a collection. */
export function DidTreeRow(props: IDidTreeRowProps): JSX.Element {
  const { row, entry, trans, isActive, onSelect, onToggle, onAction } = props;
  const { item } = row;
  const isLow = item.type === 'file' && row.level > 1;
  const TypeIcon = typeIcon(item.type);
  const state = stateWords(entry, trans);
  const size = sizeWords(item, entry?.value, trans);
  const action = rowAction(entry);
  // Inside a collection the scope is worth its room only where it is another one.
  const scope = item.scope === row.parent?.item.scope ? undefined : item.scope;
  const isLoading = row.isExpanded && row.childrenState === 'loading';

  return (
    <div
      id={props.id}
      className={`jp-RucioTree-row ${isLow ? 'jp-mod-low' : ''} ${action ? 'jp-mod-action' : ''} ${isActive ? 'jp-mod-active' : ''}`}
      role="treeitem"
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={siblingsOf(row)}
      aria-expanded={row.isExpandable ? row.isExpanded : undefined}
      aria-selected={isActive}
      aria-busy={isLoading || undefined}
      aria-label={[
        item.did,
        typeWord(item.type, trans),
        state.word,
        state.detail,
        size
      ]
        .filter(Boolean)
        .join(', ')}
      data-did={item.did}
      data-type={item.type}
      data-instance={props.instance}
      data-state={entry?.value?.state}
      style={placeStyle(props, row.level)}
      onMouseDown={onSelect}
      onDoubleClick={row.isExpandable ? onToggle : undefined}
    >
      <span
        className="jp-RucioTree-expander"
        data-open={row.isExpanded}
        aria-hidden="true"
        onClick={row.isExpandable ? onToggle : undefined}
        onDoubleClick={event => event.stopPropagation()}
      >
        {row.isExpandable && <caretRightIcon.react tag="span" />}
      </span>
      <TypeIcon.react
        tag="span"
        className="jp-RucioIcon jp-RucioTree-type"
        title={typeWord(item.type, trans)}
      />
      <div className="jp-RucioTree-text">
        <DidName scope={scope} name={item.name} />
        <div className="jp-RucioTree-line">
          {isLow && <span className="jp-RucioTree-size">{size}</span>}
          <Availability entry={entry} trans={trans} isBrief={isLow} />
          {!isLow && size && <span className="jp-RucioTree-size">{size}</span>}
        </div>
        {state.progress !== null && (
          <ProgressBar
            fraction={state.progress}
            tone={state.tone}
            label={trans.__('Progress of %1', item.did)}
          />
        )}
      </div>
      {action && (
        <Button
          className={`jp-RucioButton jp-RucioTree-action ${action === 'attach' ? 'jp-mod-primary' : ''}`}
          // Tab goes from the tree to the button of the active row, and to no other.
          tabIndex={isActive ? 0 : -1}
          aria-label={trans.__(
            '%1: %2',
            rowActionLabel(action, trans),
            item.did
          )}
          onClick={() => onAction(action)}
          onDoubleClick={event => event.stopPropagation()}
        >
          {rowActionLabel(action, trans)}
        </Button>
      )}
    </div>
  );
}

export interface INoteTreeRowProps extends IPlace {
  row: NoteRow;
  trans: TranslationBundle;
  onSelect: () => void;
  onRetry: () => void;
}

/** What there is to say about the children of a collection. */
export function NoteTreeRow(props: INoteTreeRowProps): JSX.Element {
  const { row, trans, isActive, onSelect, onRetry } = props;
  const text = noteText(row, trans);
  return (
    <div
      id={props.id}
      className={`jp-RucioTree-note ${isActive ? 'jp-mod-active' : ''}`}
      role="treeitem"
      aria-level={row.level}
      aria-selected={isActive}
      aria-busy={row.note === 'loading' || undefined}
      data-note={row.note}
      style={placeStyle(props, row.level)}
      onMouseDown={onSelect}
    >
      <span className="jp-RucioTree-noteText" title={text}>
        {text}
      </span>
      {row.note === 'failed' && (
        <Button
          className="jp-RucioLink"
          tabIndex={isActive ? 0 : -1}
          onClick={onRetry}
        >
          {trans.__('Try again')}
        </Button>
      )}
    </div>
  );
}

function noteText(row: NoteRow, trans: TranslationBundle): string {
  switch (row.note) {
    case 'loading': {
      const count = row.branch.rows.length;
      return count > 0
        ? trans.__('Loading, %1 so far…', count)
        : trans.__('Loading…');
    }
    case 'empty':
      return trans.__('Nothing in it.');
    case 'truncated':
      return trans.__('There is more; the list was cut here.');
    default: {
      const { message, hint } = row.error
        ? errorText(row.error, trans)
        : { message: '', hint: '' };
      return hint ? `${message} ${hint}` : message;
    }
  }
}

/** How many rows there are on this level, or -1 while nobody knows. */
function siblingsOf(row: DidRow): number {
  const { branch } = row;
  const isComplete =
    branch.owner === null || branch.owner.childrenState === 'loaded';
  return isComplete ? branch.rows.length : -1;
}

function placeStyle(place: IPlace, level: number): React.CSSProperties {
  return {
    height: place.height,
    transform: `translateY(${place.top}px)`,
    paddingLeft: (level - 1) * INDENT
  };
}
