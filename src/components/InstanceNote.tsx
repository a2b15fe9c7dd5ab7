import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IInstance } from '../api/types';
import { Note } from './Note';
import type { IPanelNote, NoteAction } from './notes';
import { ticketText } from './ticket';

export interface IInstanceNoteProps {
  note: IPanelNote;
  /** null where it is about none of them. */
  instance: IInstance | null;
  onAction: (action: NoteAction) => void;
  onCopy: (text: string) => void;
  trans: TranslationBundle;
}

/** What stands in the way of working with an instance, and everything that may help. */
export function InstanceNote(props: IInstanceNoteProps): JSX.Element {
  const { note, instance, onAction, onCopy, trans } = props;
  const { button, isDiagnosable, details } = note;
  return (
    <Note
      title={note.title}
      text={note.text}
      tone={note.tone}
      details={details}
      rucio={note.rucio}
      trans={trans}
      action={{ label: button.label, run: () => onAction(button.action) }}
      more={
        isDiagnosable
          ? [{ label: trans.__('Diagnose…'), run: () => onAction('diagnose') }]
          : []
      }
      onCopy={
        instance && details.length > 0
          ? () => onCopy(ticketText(note, instance, Date.now()))
          : undefined
      }
    />
  );
}
