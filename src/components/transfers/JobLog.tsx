import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useLayoutEffect, useRef } from 'react';

import type { JobLogModel } from '../../model/jobLog';
import { useSignal } from '../signals';
import { errorText } from '../words';

/** So near the end, in pixels, that whoever reads wants to see what comes. */
const AT_END = 24;

export interface IJobLogProps {
  model: JobLogModel;
  trans: TranslationBundle;
}

/** A log that keeps at its end while it grows, unless somebody has scrolled up to read. */
export function JobLog(props: IJobLogProps): JSX.Element {
  const { model, trans } = props;
  useSignal(model.changed);
  const node = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    if (node.current && isAtEnd.current) {
      node.current.scrollTop = node.current.scrollHeight;
    }
  }, [model.text]);
  return (
    <div className="jp-RucioLog">
      <pre
        ref={node}
        role="log"
        aria-label={trans.__('Log')}
        tabIndex={0}
        onScroll={({
          currentTarget: { scrollTop, scrollHeight, clientHeight }
        }) => {
          isAtEnd.current = scrollHeight - scrollTop - clientHeight <= AT_END;
        }}
      >
        {model.isCut && `${trans.__('(The beginning is left out.)')}\n`}
        {model.text}
      </pre>
      <div className="jp-RucioLog-state" role="status">
        {statusWords(model, trans)}
      </div>
    </div>
  );
}

function statusWords(model: JobLogModel, trans: TranslationBundle): string {
  if (model.error) {
    const { message, hint } = errorText(model.error, trans);
    return `${message} ${hint}`.trim();
  }
  if (!model.isRead) {
    return trans.__('Reading…');
  }
  if (!model.isEnded) {
    return trans.__('It goes on; new lines appear by themselves.');
  }
  return model.text === ''
    ? trans.__('Nothing was written.')
    : trans.__('This is all of it.');
}
