import React, { useEffect, useId, useLayoutEffect, useRef } from 'react';

/** Something that can be chosen instead of typing it. */
export interface ICompletionOption {
  /** Tells it from the others. */
  readonly key: string;
  readonly label: string;
  /** More about it, in a few words. */
  readonly detail?: string;
}

export interface ICompletionProps<T extends ICompletionOption> {
  id: string;
  /** What is being offered, for those who cannot see it. */
  label: string;
  options: readonly T[];
  /** The index of the option that Enter takes; -1 for none. */
  active: number;
  /** What the list hangs from. */
  anchor: React.RefObject<HTMLElement>;
  /** What stands below the list. */
  footer?: React.ReactNode;
  onAccept: (option: T) => void;
  /** Where options can be taken away: what does that, and how it is called. */
  remove?: { label: string; run: (option: T) => void };
}

/** In pixels. */
const MOST_HEIGHT = 320;
const LEAST_HEIGHT = 120;
const GAP = 2;

/** The id of the option at an index, for `aria-activedescendant`. */
export function optionId(listId: string, index: number): string {
  return `${listId}-${index}`;
}

/**
 * The options below a field: the popup of a WAI-ARIA combobox.
 *
 * The focus stays in the field. The popup is in the browser's top layer, since the panels of a sidebar
 * cut off whatever hangs over their edges.
 */
export function Completion<T extends ICompletionOption>(
  props: ICompletionProps<T>
): JSX.Element {
  const { id, label, options, active, anchor, footer, remove } = props;
  const node = useRef<HTMLDivElement>(null);
  usePlaceBelow(node, anchor);
  useEffect(() => {
    node.current
      ?.querySelector('[aria-selected="true"]')
      ?.scrollIntoView?.({ block: 'nearest' });
  }, [active, options]);
  return (
    <div
      ref={node}
      className="jp-RucioCompletion"
      // The focus is to stay in the field.
      onMouseDown={event => event.preventDefault()}
    >
      <div
        id={id}
        className="jp-RucioCompletion-list"
        role="listbox"
        aria-label={label}
      >
        {options.map((option, i) => (
          <div
            key={option.key}
            id={optionId(id, i)}
            className="jp-RucioCompletion-option"
            role="option"
            aria-selected={i === active}
            title={[option.label, option.detail].filter(Boolean).join(' · ')}
            onClick={() => props.onAccept(option)}
          >
            <span className="jp-RucioCompletion-label">{option.label}</span>
            {option.detail && (
              <span className="jp-RucioCompletion-detail">{option.detail}</span>
            )}
            {remove && (
              // An option holds no buttons: by keyboard it is Shift+Delete.
              <span
                className="jp-RucioCompletion-remove"
                aria-hidden="true"
                title={remove.label}
                onClick={event => {
                  event.stopPropagation();
                  remove.run(option);
                }}
              >
                ×
              </span>
            )}
          </div>
        ))}
      </div>
      {footer && <div className="jp-RucioCompletion-footer">{footer}</div>}
    </div>
  );
}

/** Keeps a popup in the top layer, below its anchor or, where there is no room, above it. */
function usePlaceBelow(
  node: React.RefObject<HTMLElement>,
  anchor: React.RefObject<HTMLElement>
): void {
  useLayoutEffect(() => {
    const popup = node.current;
    if (popup === null) {
      return;
    }
    // Browsers without the top layer show it where it stands.
    popup.popover = 'manual';
    popup.showPopover?.();
    const place = () => {
      const box = anchor.current?.getBoundingClientRect();
      if (!box) {
        return;
      }
      const below = window.innerHeight - box.bottom - 2 * GAP;
      const isBelow = below >= LEAST_HEIGHT || below >= box.top;
      popup.style.left = `${box.left}px`;
      popup.style.width = `${box.width}px`;
      popup.style.maxHeight = `${Math.min(MOST_HEIGHT, isBelow ? below : box.top - 2 * GAP)}px`;
      popup.style.top = isBelow ? `${box.bottom + GAP}px` : 'auto';
      popup.style.bottom = isBelow
        ? 'auto'
        : `${window.innerHeight - box.top + GAP}px`;
    };
    place();
    window.addEventListener('resize', place);
    // Captured, since the scrolling of inner elements does not bubble.
    window.addEventListener('scroll', place, true);
    return () => {
      window.removeEventListener('resize', place);
      window.removeEventListener('scroll', place, true);
    };
  }, [node, anchor]);
}

/** A stable id for the list of a field. */
export function useListId(): string {
  return `jp-RucioCompletion-${useId()}`;
}
