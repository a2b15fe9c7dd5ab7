import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import React, { useState } from 'react';

import type { DidSnippets } from '../../kernels/didSnippets';
import type { DetailsModel } from '../../model/details';
import type { ISectionStanding } from '../../model/section';
import { useSignal } from '../signals';
import { Code } from './Code';
import { CopyButton } from './CopyButton';
import { DetailsSection } from './DetailsSection';

export interface ISnippetProps {
  model: DetailsModel;
  snippets: DidSnippets;
  /** Draws the code with its colours; null where plain text has to do. */
  editorFactory: CodeEditor.Factory | null;
  /** The media type of the code. */
  mimeType: () => string;
  /** Why the code cannot be inserted now; null where it can. */
  insertObstacle: () => string | null;
  onInsert: (code: string) => void;
  onCopy: (text: string) => void;
  trans: TranslationBundle;
}

/** Code that reads it, ready to be inserted. */
export function Snippet(props: ISnippetProps): JSX.Element {
  const { model, trans } = props;
  useSignal(model.changed);
  // A file says its format itself; of a collection some files do.
  const isCollection = model.type !== null && model.type !== 'file';
  const section: ISectionStanding = isCollection
    ? model.examples
    : model.overview;
  useSignal(section.changed);
  return (
    <DetailsSection
      model={model}
      name="snippet"
      title={trans.__('Code that reads it')}
      section={section}
      trans={trans}
    >
      {model.type !== null &&
      (!isCollection || model.examples.value !== undefined) ? (
        <SnippetCode {...props} />
      ) : null}
    </DetailsSection>
  );
}

function SnippetCode(props: ISnippetProps): JSX.Element {
  const { model, snippets, onInsert, onCopy, trans } = props;
  useSignal(snippets.changed);
  const [chosen, setChosen] = useState<string>();
  const { type, did, instance } = model;
  const list = model.examples.value;
  const isFile = type === 'file';
  const files = isFile ? [] : (list?.items ?? []);
  const found = snippets.formatsOf(
    isFile ? [did] : files.map(file => file.did)
  );
  const others = snippets.formats.filter(one => !found.includes(one));
  const usual = (found[0] ?? others[others.length - 1])?.id;
  const format = chosen ?? usual;
  const code =
    type &&
    snippets.code({
      instance,
      did,
      type,
      files,
      // What has come of a list that goes on, or broke off, may be some of its files only.
      isAll: model.examples.state === 'ready' && list?.isTruncated === false,
      format
    });
  const entry = model.availability;
  const isLooking =
    (!isFile && model.examples.state === 'loading') ||
    (entry && !entry.value && !entry.error);
  const obstacle =
    props.insertObstacle() ??
    // The code would tell to attach what may be here.
    (isLooking ? trans.__('Looking where its files are…') : null);
  if (!code) {
    return (
      <p className="jp-RucioDetails-empty">
        {trans.__('There is no code to propose for this kernel.')}
      </p>
    );
  }
  return (
    <>
      <div className="jp-RucioDetails-tools">
        <button
          type="button"
          className="jp-Button jp-RucioButton jp-mod-primary"
          disabled={obstacle !== null}
          title={obstacle ?? trans.__('Into a new cell of the notebook')}
          onClick={() => onInsert(code)}
        >
          {trans.__('Insert')}
        </button>
        {found.length !== 1 && (
          <HTMLSelect
            aria-label={trans.__('Format of the files')}
            value={format}
            onChange={event => setChosen(event.target.value)}
          >
            {[...found, ...others].map(one => (
              <option key={one.id} value={one.id}>
                {one.displayName}
              </option>
            ))}
          </HTMLSelect>
        )}
        {obstacle !== null && (
          <span className="jp-RucioDetails-hint">{obstacle}</span>
        )}
      </div>
      <div className="jp-RucioSnippet">
        <Code
          code={code}
          mimeType={props.mimeType()}
          factory={props.editorFactory}
          label={trans.__('Code that reads %1', did)}
        />
        <CopyButton
          text={code}
          label={trans.__('Copy the code')}
          onCopy={onCopy}
          trans={trans}
        />
      </div>
    </>
  );
}
