import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React from 'react';

import type { ApiError } from '../../api/errors';
import type { IErrorBody, IWayIn } from '../../api/types';
import { useNow } from '../ages';
import { lifeWords, momentWords } from '../lifeWords';
import { errorText } from '../words';

export interface IFoundProps {
  way: IWayIn;
  isLooking: boolean;
  /** Why the server could not be asked. */
  lookError: ApiError | null;
  onLook: () => void;
  trans: TranslationBundle;
}

/** With less left of a proxy it would end during the work. */
const SOON_PROXY_S = 3600;
/** Tokens are short and are renewed; this one has not been. */
const SOON_TOKEN_S = 600;

/** What the server has for a way in: whose it is, from where, and when it ends, or what is wrong with it. */
export function Found(props: IFoundProps): JSX.Element | null {
  const { way, isLooking, lookError, onLook, trans } = props;
  const problem = lookError ?? way.problem;
  if (isLooking && problem === null && way.where === null) {
    return (
      <p className="jp-RucioSignIn-found">
        {trans.__('Looking at what the server has…')}
      </p>
    );
  }
  if (problem === null && !way.is_provided) {
    return null;
  }
  return (
    <div
      className="jp-RucioSignIn-found"
      data-tone={problem ? 'warn' : undefined}
      aria-live="polite"
    >
      {problem ? (
        <Wrong problem={problem} way={way} trans={trans} />
      ) : (
        <Right way={way} trans={trans} />
      )}
      <Button
        type="button"
        className="jp-RucioButton"
        aria-disabled={isLooking}
        onClick={onLook}
      >
        {isLooking ? trans.__('Looking…') : trans.__('Look again')}
      </Button>
    </div>
  );
}

function Right(props: { way: IWayIn; trans: TranslationBundle }): JSX.Element {
  const { way, trans } = props;
  const now = useNow();
  const end = way.expires_at;
  const isToken = way.type === 'oidc';
  const life = lifeWords(
    end,
    now,
    isToken ? SOON_TOKEN_S : SOON_PROXY_S,
    trans
  );
  return (
    <>
      <p>{foundWords(way, trans)}</p>
      <dl>
        {way.identity && <Fact label={trans.__('Whose')}>{way.identity}</Fact>}
        {way.issuer && (
          <Fact label={trans.__('Vouched for by')}>{way.issuer}</Fact>
        )}
        {way.where && <Fact label={trans.__('From')}>{way.where}</Fact>}
        {end && life && (
          <Fact label={trans.__('Ends')}>
            <span data-tone={life.tone} aria-live="off">
              {trans.__('%1, until %2', life.words, momentWords(end, now))}
            </span>
          </Fact>
        )}
      </dl>
    </>
  );
}

function foundWords(way: IWayIn, trans: TranslationBundle): string {
  switch (way.type) {
    case 'oidc':
      return trans.__('The server provides a token. There is nothing to type.');
    case 'x509_proxy':
      return trans.__('There is a proxy on the server.');
    default:
      return trans.__('There is a certificate on the server.');
  }
}

function Wrong(props: {
  problem: IErrorBody;
  way: IWayIn;
  trans: TranslationBundle;
}): JSX.Element {
  const { problem, way, trans } = props;
  const { message, hint } = errorText(problem, trans);
  return (
    <>
      <p data-tone="warn">{message}</p>
      {hint && <p>{hint}</p>}
      {way.where && !message.includes(way.where) && (
        <dl>
          <Fact label={trans.__('Looked for in')}>{way.where}</Fact>
        </dl>
      )}
    </>
  );
}

function Fact(props: {
  label: string;
  children: React.ReactNode;
}): JSX.Element {
  return (
    <>
      <dt>{props.label}</dt>
      <dd>{props.children}</dd>
    </>
  );
}
