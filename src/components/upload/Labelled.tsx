import React, { useId } from 'react';

/** A control with its label beside it; not around it, where what opens below would be part of it. */
export function Labelled(props: {
  label: string;
  children: (id: string) => React.ReactNode;
}): JSX.Element {
  const id = useId();
  return (
    <div className="jp-RucioUpload-field">
      <label htmlFor={id}>{props.label}</label>
      {props.children(id)}
    </div>
  );
}
