import type { TranslationBundle } from '@jupyterlab/translation';
import { checkIcon, copyIcon } from '@jupyterlab/ui-components';
import React, { useEffect, useState } from 'react';

/** How long it is shown that something was copied. */
const SHOWN_MS = 1500;

export interface ICopyButtonProps {
  text: string;
  /** What a press does, in words: Copy DID. */
  label: string;
  onCopy: (text: string) => void;
  trans: TranslationBundle;
  tabIndex?: number;
}

/** Copies a text, and shows that it did. */
export function CopyButton(props: ICopyButtonProps): JSX.Element {
  const { text, label, onCopy, trans, tabIndex } = props;
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) {
      return;
    }
    const timer = window.setTimeout(() => setCopied(false), SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [isCopied]);
  const Icon = isCopied ? checkIcon : copyIcon;
  return (
    <button
      type="button"
      className="jp-RucioIconButton"
      title={isCopied ? trans.__('Copied') : label}
      aria-label={label}
      tabIndex={tabIndex}
      onClick={() => {
        onCopy(text);
        setCopied(true);
      }}
    >
      <Icon.react tag="span" className="jp-RucioIcon" />
      <span className="jp-RucioHidden" role="status">
        {isCopied ? trans.__('Copied') : ''}
      </span>
    </button>
  );
}
