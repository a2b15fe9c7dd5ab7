import React, { useEffect, useRef } from 'react';

import type { SignInField } from '../../model/signInRequest';

export interface IFieldProps {
  name: SignInField;
  label: string;
  /** What it begins with, once that is known; what was typed before stays. */
  filling: string;
  type?: 'text' | 'password';
  autoComplete?: string;
  placeholder?: string;
  isFirst?: boolean;
  isWrong: boolean;
  isBusy: boolean;
  /** The id of the text that says what is wrong. */
  messageId: string;
  /** Called once it has begun with something. */
  onFilled?: (input: HTMLInputElement) => void;
  /** What stands beside the input. */
  children?: React.ReactNode;
}

/** An input with its label. It keeps its own value, so that no secret gets into React's state. */
export function Field(props: IFieldProps): JSX.Element {
  const { name, label, filling, onFilled, isWrong, messageId } = props;
  const input = useRef<HTMLInputElement>(null);
  const filled = useRef(onFilled);
  filled.current = onFilled;
  useEffect(() => {
    if (filling !== '' && input.current?.value === '') {
      fill(input.current, filling);
      filled.current?.(input.current);
    }
  }, [filling]);
  return (
    <div className="jp-RucioSignIn-field">
      <label>
        <span>{label}</span>
        <input
          ref={input}
          className="jp-mod-styled"
          name={name}
          type={props.type ?? 'text'}
          autoFocus={props.isFirst}
          autoComplete={props.autoComplete ?? 'off'}
          autoCapitalize="off"
          spellCheck={false}
          placeholder={props.placeholder}
          readOnly={props.isBusy}
          aria-invalid={isWrong}
          aria-describedby={isWrong ? messageId : undefined}
        />
      </label>
      {props.children}
    </div>
  );
}

/** Puts a text into an input, with its end in sight: of a path that tells more than the beginning. */
export function fill(input: HTMLInputElement, text: string): void {
  input.value = text;
  input.scrollLeft = input.scrollWidth;
}
