import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React from 'react';

/** There is nothing that one could sign in with. */
export function NoWay(props: {
  isLooking: boolean;
  onLook: () => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { isLooking, onLook, trans } = props;
  return (
    <div className="jp-RucioSignIn-found">
      <p>
        {isLooking
          ? trans.__('Looking at what the server has…')
          : trans.__(
              'Nothing was found on the server. Ask whoever runs this Jupyter.'
            )}
      </p>
      <Button type="button" className="jp-RucioButton" onClick={onLook}>
        {trans.__('Look again')}
      </Button>
    </div>
  );
}
