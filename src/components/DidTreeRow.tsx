import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, caretRightIcon, launchIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { DidRow, NoteRow } from '../model/rows';
import type { PlansModel } from '../model/plan';
import type { IAvailabilityEntry } from '../tokens';
import { Availability, ProgressBar } from './Availability';
import { DidName } from './DidName';
import { PlanButton } from './PlanButton';
import { rowAction, rowActionLabel, type RowAction } from './rowActions';
import {
  ageOf,
  errorText,
  sizeWords,
  stateWords,
  typeIcon,
  typeWord
} from './words';

/** In pixels, for each level. */
const INDENT = 14;

interface IPlace {
  id: string;
  top: number;
  height: number;
  isActive: boolean;
  isSelected: boolean;
}

export interface IDidTreeRowProps extends IPlace {
  row: DidRow;
  instance: string;
  entry: IAvailabilityEntry | undefined;
  plans: PlansModel;
  /** The destination that goes without saying. */
  firstRse: string | undefined;
  /** Whether available means downloaded to the server's disk. */
  isDownload: boolean;
  now: number;
  trans: TranslationBundle;
  onMouseDown: React.MouseEventHandler;
  onClick?: React.MouseEventHandler;
  onToggle: () => void;
  onAction: (action: RowAction) => void;
  onDetails?: () => void;
}

/** A DID: two lines, or one for a file inside a collection. */
export function DidTreeRow(props: IDidTreeRowProps): JSX.Element {
  const { row, entry, trans, isActive, onToggle, firstRse, now } = props;
  const { isDownload } = props;
  const { item } = row;
  const isLow = item.type === 'file' && row.level > 1;
  const TypeIcon = typeIcon(item.type);
  const state = stateWords(entry, trans, firstRse, isDownload);
  const age = ageOf(entry, now, trans);
  const size = sizeWords(item, entry?.value, trans);
  const action = rowAction(entry);
  // Inside a collection the scope is worth its room only where it is another one.
  const scope = item.scope === row.parent?.item.scope ? undefined : item.scope;
  const isLoading = row.isExpanded && row.childrenState === 'loading';

  return (
    <div
      id={props.id}
      className={`jp-RucioTree-row ${isLow ? 'jp-mod-low' : ''} ${action ? 'jp-mod-action' : ''} ${isActive ? 'jp-mod-active' : ''} ${props.isSelected ? 'jp-mod-selected' : ''}`}
      role="treeitem"
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={siblingsOf(row)}
      aria-expanded={row.isExpandable ? row.isExpanded : undefined}
      aria-selected={props.isSelected}
      aria-busy={isLoading || undefined}
      aria-label={[
        item.did,
        typeWord(item.type, trans),
        state.word,
        state.detail,
        age.isTold && age.words,
        size
      ]
        .filter(Boolean)
        .join(', ')}
      data-did={item.did}
      data-type={item.type}
      data-instance={props.instance}
      data-state={entry?.value?.state}
      data-refused={entry?.isRefused || undefined}
      data-rule={entry?.value?.rule?.id}
      data-job={entry?.value?.job_id ?? undefined}
      data-copy={entry?.value?.local ? true : undefined}
      style={placeStyle(props, row.level)}
      onMouseDown={props.onMouseDown}
      onClick={props.onClick}
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
          <Availability
            entry={entry}
            firstRse={firstRse}
            isDownload={isDownload}
            age={age.words}
            trans={trans}
            isBrief={isLow}
          />
          {age.isTold && (
            <span className="jp-RucioTree-age" title={age.words}>
              {age.brief}
            </span>
          )}
          {!isLow && size && <span className="jp-RucioTree-size">{size}</span>}
          <RowButtons {...props} action={action} />
        </div>
        {state.progress !== null && (
          <ProgressBar
            fraction={state.progress}
            tone={state.tone}
            label={trans.__('Progress of %1', item.did)}
          />
        )}
      </div>
    </div>
  );
}

/** The one thing that makes sense with the row, and a way to all that is known of it. */
function RowButtons(
  props: IDidTreeRowProps & { action: RowAction | null }
): JSX.Element {
  const { row, action, trans, isActive, onAction, onDetails } = props;
  const { did } = row.item;
  const label =
    action === null ? '' : rowActionLabel(action, trans, props.isDownload);
  const shared = {
    // Tab goes from the tree to the buttons of the active row, and to no others.
    tabIndex: isActive ? 0 : -1,
    onDoubleClick: (event: React.MouseEvent) => event.stopPropagation()
  };
  return (
    <span className="jp-RucioTree-buttons">
      {action === 'make-available' ? (
        <PlanButton
          {...shared}
          did={did}
          instance={props.instance}
          plans={props.plans}
          trans={trans}
          className="jp-RucioButton"
          aria-label={trans.__('%1: %2', label, did)}
          onClick={() => onAction(action)}
        >
          {label}
        </PlanButton>
      ) : (
        action && (
          <Button
            {...shared}
            className={`jp-RucioButton ${action === 'attach' ? 'jp-mod-primary' : ''}`}
            aria-label={trans.__('%1: %2', label, did)}
            onClick={() => onAction(action)}
          >
            {label}
          </Button>
        )
      )}
      {onDetails && (
        <Button
          {...shared}
          minimal
          className="jp-RucioTree-details"
          aria-label={trans.__('Details: %1', did)}
          title={trans.__('Details')}
          onClick={onDetails}
        >
          <launchIcon.react tag="span" />
        </Button>
      )}
    </span>
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
      aria-selected={props.isSelected}
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
  return isComplete ? branch.shown.length : -1;
}

function placeStyle(place: IPlace, level: number): React.CSSProperties {
  return {
    height: place.height,
    transform: `translateY(${place.top}px)`,
    paddingLeft: (level - 1) * INDENT
  };
}
