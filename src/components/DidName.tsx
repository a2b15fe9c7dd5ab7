import React from 'react';

/** So many characters of the end stay: where numbered files differ, with their extension. */
const END_CHARACTERS = 12;

export interface IDidNameProps {
  /** Left out where it says nothing new, as inside a collection of the same scope. */
  scope?: string;
  name: string;
}

/** A name that gives way in its middle when there is little room; its title has it in full. */
export function DidName(props: IDidNameProps): JSX.Element {
  const { scope, name } = props;
  const characters = Array.from(name);
  const cut = Math.max(0, characters.length - END_CHARACTERS);
  const start = characters.slice(0, cut).join('');
  const end = characters.slice(cut).join('');
  return (
    <span
      className="jp-RucioName"
      title={scope === undefined ? name : `${scope}:${name}`}
    >
      {scope !== undefined && (
        <span className="jp-RucioName-scope">{scope}:</span>
      )}
      {start && <span className="jp-RucioName-start">{start}</span>}
      <span className="jp-RucioName-end">{end}</span>
    </span>
  );
}
