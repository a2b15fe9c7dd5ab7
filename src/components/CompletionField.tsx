import React, { useRef, useState } from 'react';

import {
  Completion,
  optionId,
  useListId,
  type ICompletionOption
} from './Completion';

export interface ICompletionFieldProps<
  T extends ICompletionOption
> extends Omit<
  React.InputHTMLAttributes<HTMLInputElement>,
  'value' | 'onChange'
> {
  value: string;
  onChange: (value: string) => void;
  options: readonly T[];
  /** What is being offered. */
  optionsLabel: string;
  onAccept: (option: T) => void;
  /**
   * Whether the first option is taken by Enter or Tab without moving to it: where what is typed is
   * nothing yet without its completion.
   */
  isEager?: boolean;
  /** The list is about to open, by typing or by an arrow key or the mouse. */
  onOpen?: (how: 'typing' | 'browsing') => void;
  /** Escape, where no list is open. */
  onEscape?: () => void;
  remove?: { label: string; run: (option: T) => void };
  footer?: React.ReactNode;
  inputRef?: React.RefObject<HTMLInputElement>;
  /** What the list is as wide as; the field itself where it is left out. */
  anchor?: React.RefObject<HTMLElement>;
}

/** A field that offers completions: a WAI-ARIA combobox with a listbox. */
export function CompletionField<T extends ICompletionOption>(
  props: ICompletionFieldProps<T>
): JSX.Element {
  const {
    value,
    onChange,
    options,
    optionsLabel,
    onAccept,
    isEager = false,
    onOpen,
    onEscape,
    remove,
    footer,
    inputRef,
    anchor,
    onKeyDown,
    ...inputProps
  } = props;
  const own = useRef<HTMLInputElement>(null);
  const input = inputRef ?? own;
  const id = useListId();
  const [isWanted, setWanted] = useState(false);
  // null until one has been moved to.
  const [moved, setMoved] = useState<number | null>(null);
  const isOpen = isWanted && options.length > 0;
  const active = moved ?? (isEager ? 0 : -1);
  const current = isOpen ? Math.min(active, options.length - 1) : -1;

  const open = (how: 'typing' | 'browsing') => {
    onOpen?.(how);
    setMoved(null);
    setWanted(true);
  };
  const close = () => {
    setWanted(false);
  };
  const accept = (option: T) => {
    close();
    onAccept(option);
  };
  const move = (event: React.KeyboardEvent, step: 1 | -1) => {
    event.preventDefault();
    if (!isOpen) {
      open('browsing');
      setMoved(0);
      return;
    }
    const count = options.length;
    if (isEager) {
      setMoved((current + step + count) % count);
      return;
    }
    // Between the last and the first one is the field, with what was typed.
    setMoved(((current + 1 + step + count + 1) % (count + 1)) - 1);
  };

  const handleKey = (event: React.KeyboardEvent<HTMLInputElement>) => {
    // Enter ends the composition of a character, and not the search for it.
    if (event.nativeEvent.isComposing) {
      return;
    }
    const option = current >= 0 ? options[current] : undefined;
    switch (event.key) {
      case 'ArrowDown':
        move(event, 1);
        return;
      case 'ArrowUp':
        if (isOpen) {
          move(event, -1);
        }
        return;
      case 'Enter':
      case 'Tab':
        if (option && !event.shiftKey) {
          event.preventDefault();
          accept(option);
        } else {
          close();
        }
        return;
      case 'Escape':
        if (isOpen) {
          event.stopPropagation();
          close();
        } else {
          onEscape?.();
        }
        return;
      case 'Delete':
        if (option && remove && event.shiftKey) {
          event.preventDefault();
          remove.run(option);
        }
        return;
      default:
        onKeyDown?.(event);
    }
  };

  return (
    <>
      <input
        {...inputProps}
        ref={input}
        type="text"
        role="combobox"
        value={value}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-activedescendant={current >= 0 ? optionId(id, current) : undefined}
        onChange={event => {
          onChange(event.target.value);
          open('typing');
        }}
        onClick={() => {
          if (value === '') {
            open('browsing');
          }
        }}
        onBlur={close}
        onKeyDown={handleKey}
      />
      {isOpen && (
        <Completion
          id={id}
          label={optionsLabel}
          options={options}
          active={current}
          anchor={anchor ?? input}
          footer={footer}
          onAccept={accept}
          remove={remove}
        />
      )}
    </>
  );
}
