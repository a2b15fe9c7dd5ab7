import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React from 'react';

import type { ApiError } from '../../api/errors';
import { errorText } from '../words';

/** There is nothing that one could sign in with. */
export function NoWay(props: {
  isLooking: boolean;
  /** Why the server could not be asked. */
  lookError: ApiError | null;
  onLook: () => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { isLooking, lookError, onLook, trans } = props;
  const wrong = lookError && errorText(lookError, trans);
  const nothing = trans.__(
    'Nothing was found on the server. Ask whoever runs this Jupyter.'
  );
  return (
    <div className="jp-RucioSignIn-found" aria-live="polite">
      <p>
        {isLooking
          ? trans.__('Looking at what the server has…')
          : wrong
            ? `${wrong.message} ${wrong.hint}`
            : nothing}
      </p>
      <Button type="button" className="jp-RucioButton" onClick={onLook}>
        {trans.__('Look again')}
      </Button>
    </div>
  );
}
