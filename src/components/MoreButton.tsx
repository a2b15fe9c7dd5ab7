import { ellipsesIcon } from '@jupyterlab/ui-components';
import React from 'react';

/** Opens the row's context menu: the same actions for the mouse, the keyboard and a right click. */
export function MoreButton(props: {
  label: string;
  tabIndex?: number;
}): JSX.Element {
  const { label, tabIndex } = props;
  return (
    <button
      type="button"
      className="jp-RucioMore"
      aria-label={label}
      aria-haspopup="menu"
      title={label}
      tabIndex={tabIndex}
      onClick={event => {
        const box = event.currentTarget.getBoundingClientRect();
        event.currentTarget.dispatchEvent(
          new MouseEvent('contextmenu', {
            bubbles: true,
            cancelable: true,
            clientX: box.left,
            clientY: box.bottom
          })
        );
      }}
    >
      <ellipsesIcon.react tag="span" className="jp-RucioIcon" />
    </button>
  );
}
