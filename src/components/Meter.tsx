import React from 'react';

/** Above it little is left. */
const NEARLY_FULL = 0.9;

/** How much of something is used, as a bar. */
export function Meter(props: { fraction: number; label: string }): JSX.Element {
  const percent = Math.round(props.fraction * 100);
  return (
    <span
      className="jp-RucioMeter"
      role="meter"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      data-full={props.fraction > NEARLY_FULL}
    >
      <span style={{ width: `${percent}%` }} />
    </span>
  );
}
