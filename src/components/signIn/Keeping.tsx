import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

/** How long credentials are kept: the user's choice, where there is one. */
export function Keeping(props: {
  canStore: boolean;
  trans: TranslationBundle;
}): JSX.Element {
  const { canStore, trans } = props;
  return canStore ? (
    <label className="jp-RucioSignIn-keep">
      <input type="checkbox" name="remember" defaultChecked />
      <span>{trans.__('Remember until I sign out')}</span>
    </label>
  ) : (
    <p className="jp-RucioSignIn-keep">
      {trans.__('This is kept until the Jupyter server ends, and not stored.')}
    </p>
  );
}
