import type { TranslationBundle } from '@jupyterlab/translation';
import { caretRightIcon } from '@jupyterlab/ui-components';
import React, { useEffect, useId } from 'react';

import type { DetailsModel, SectionName } from '../../model/details';
import type { ISectionStanding } from '../../model/section';
import { Note } from '../Note';
import { useSignal } from '../signals';
import { errorText } from '../words';

export interface IDetailsSectionProps {
  model: DetailsModel;
  name: SectionName;
  title: string;
  /** A few words beside the title. */
  caption?: string;
  /** What has to be there for it, asked for when it is open. */
  section: ISectionStanding;
  /** What to draw; null while there is nothing yet. */
  children: React.ReactNode;
  trans: TranslationBundle;
}

/** A part of the page that opens and closes, waits and fails for itself. */
export function DetailsSection(props: IDetailsSectionProps): JSX.Element {
  const { model, name, title, caption, section, children, trans } = props;
  useSignal(section.changed);
  const id = useId();
  const isOpen = model.isOpen(name);
  const { state, error } = section;
  useEffect(() => {
    if (isOpen && state === 'idle') {
      void section.ensure();
    }
  }, [isOpen, state, section]);
  const said = error && errorText(error, trans);
  return (
    <section
      className="jp-RucioDetails-section"
      data-section={name}
      aria-labelledby={`${id}title`}
    >
      <h2>
        <button
          type="button"
          id={`${id}title`}
          aria-expanded={isOpen}
          aria-controls={isOpen ? `${id}body` : undefined}
          onClick={() => model.setOpen(name, !isOpen)}
        >
          <caretRightIcon.react
            tag="span"
            className="jp-RucioIcon jp-RucioDetails-caret"
            aria-hidden="true"
          />
          {title}{' '}
          {caption && (
            <span className="jp-RucioDetails-caption">{caption}</span>
          )}
        </button>
      </h2>
      {isOpen && (
        <div
          id={`${id}body`}
          className="jp-RucioDetails-body"
          aria-busy={state === 'loading' || undefined}
        >
          {error && said && (
            <Note
              tone="error"
              trans={trans}
              title={said.message}
              text={said.hint}
              rucio={error.rucio}
              action={{
                label: trans.__('Try again'),
                run: () => void section.reload()
              }}
            />
          )}
          {children ??
            (error === null && (
              <p className="jp-RucioDetails-empty" role="status">
                {trans.__('Loading…')}
              </p>
            ))}
        </div>
      )}
    </section>
  );
}
