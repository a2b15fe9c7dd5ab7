import React, { useLayoutEffect, useRef } from 'react';

export interface IModalProps {
  title: string;
  className: string;
  /** Escape, or what a device has in its place. */
  onCancel: () => void;
  children: React.ReactNode;
}

/**
 * A dialog above a dialog.
 *
 * JupyterLab shows its dialogs one after the other; the browser's own can stand on top of them, keep
 * the focus inside and give it back.
 */
export function Modal(props: IModalProps): JSX.Element {
  const { title, className, onCancel } = props;
  const node = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = node.current;
    if (dialog === null) {
      return;
    }
    // Where there is no top layer, as in tests, it is simply there.
    if (typeof dialog.showModal === 'function') {
      dialog.showModal();
    } else {
      dialog.setAttribute('open', '');
    }
    // Gives the focus back.
    return () => dialog.close?.();
  }, []);
  return (
    <dialog
      ref={node}
      className={`jp-RucioModal ${className}`}
      aria-label={title}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.preventDefault();
          event.stopPropagation();
          onCancel();
        }
      }}
      onCancel={event => {
        // Whether it closes is for whoever drew it to say.
        event.preventDefault();
        onCancel();
      }}
    >
      <h2 className="jp-RucioModal-title">{title}</h2>
      {props.children}
    </dialog>
  );
}
