import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { AuthType, IWayIn } from '../../api/types';
import { wayLabel } from './words';

export interface IWayChoiceProps {
  ways: readonly IWayIn[];
  chosen: AuthType;
  onChoose: (type: AuthType) => void;
  trans: TranslationBundle;
}

/** One of several ways in; nothing where there is no choice. */
export function WayChoice(props: IWayChoiceProps): JSX.Element | null {
  const { ways, chosen, onChoose, trans } = props;
  if (ways.length < 2) {
    return null;
  }
  return (
    <div
      className="jp-RucioSignIn-ways"
      role="radiogroup"
      aria-label={trans.__('How to sign in')}
    >
      {ways.map(({ type }) => (
        <label key={type} data-chosen={type === chosen}>
          <input
            type="radio"
            name="way"
            value={type}
            checked={type === chosen}
            onChange={() => onChoose(type)}
          />
          <span>{wayLabel(type, trans)}</span>
        </label>
      ))}
    </div>
  );
}
