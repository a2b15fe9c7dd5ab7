import { CodeEditor } from '@jupyterlab/codeeditor';
import React, { useEffect, useRef } from 'react';

export interface ICodeProps {
  code: string;
  /** Its media type. */
  mimeType: string;
  factory: CodeEditor.Factory | null;
  label: string;
}

/** Code to be read, in the colours of the user's theme. */
export function Code(props: ICodeProps): JSX.Element {
  const { code, mimeType, factory, label } = props;
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (factory === null || host.current === null) {
      return;
    }
    const model = new CodeEditor.Model({ mimeType });
    model.sharedModel.setSource(code);
    const editor = factory({
      host: host.current,
      model,
      config: { readOnly: true, lineNumbers: false, lineWrap: true }
    });
    host.current
      .querySelector('.cm-content')
      ?.setAttribute('aria-label', label);
    return () => {
      editor.dispose();
      model.dispose();
    };
  }, [code, mimeType, factory, label]);
  return factory === null ? (
    <pre className="jp-RucioCode" tabIndex={0} aria-label={label}>
      <code>{code}</code>
    </pre>
  ) : (
    <div ref={host} className="jp-RucioCode" />
  );
}
