import type { TranslationBundle } from '@jupyterlab/translation';
import {
  Button,
  ellipsesIcon,
  HTMLSelect,
  UseSignal
} from '@jupyterlab/ui-components';
import React from 'react';

import type { IInstancesModel } from '../tokens';
import { Note } from './Note';
import { panelNote, type NoteAction } from './notes';
import { connectionWord } from './words';

export interface IHeaderProps {
  model: IInstancesModel;
  trans: TranslationBundle;
  /** Opens the menu below the button. */
  onMenu: (button: HTMLElement) => void;
  onAction: (action: NoteAction) => void;
}

/** The top of the panel: which Rucio, who, how it stands, and what is in the way. */
export function Header(props: IHeaderProps): JSX.Element {
  const { model, trans, onAction } = props;
  return (
    <UseSignal signal={model.changed} initialSender={model}>
      {() => {
        const note = panelNote(model, trans);
        return (
          <>
            <Bar {...props} />
            {(model.phase === 'idle' || model.phase === 'loading') && (
              <div className="jp-RucioHeader-wait" role="status">
                {trans.__('Asking the Jupyter server…')}
              </div>
            )}
            {note && (
              <Note
                title={note.title}
                text={note.text}
                tone={note.tone}
                rucio={note.rucio}
                trans={trans}
                action={{
                  label: note.actionLabel,
                  run: () => onAction(note.action)
                }}
              />
            )}
          </>
        );
      }}
    </UseSignal>
  );
}

function Bar(props: IHeaderProps): JSX.Element {
  const { model, trans, onMenu } = props;
  const active = model.active;
  return (
    <div className="jp-RucioHeader-bar">
      <span className="jp-RucioHeader-title">{trans.__('Rucio')}</span>
      {model.items.length > 1 ? (
        <HTMLSelect
          className="jp-RucioHeader-instance"
          aria-label={trans.__('Rucio instance')}
          value={active?.name}
          onChange={event => model.setActive(event.target.value)}
          options={model.items.map(item => ({
            value: item.name,
            label: item.display_name
          }))}
        />
      ) : (
        <span className="jp-RucioHeader-instance">{active?.display_name}</span>
      )}
      {active && <Standing {...props} />}
      <Button
        className="jp-RucioHeader-menu"
        minimal
        aria-label={trans.__('Rucio menu')}
        aria-haspopup="menu"
        title={trans.__('Sign in, sign out, reload the configuration')}
        onClick={event => onMenu(event.currentTarget)}
      >
        <ellipsesIcon.react tag="span" />
      </Button>
    </div>
  );
}

/** Who is signed in, or the word that says why nobody is. */
function Standing(props: IHeaderProps): JSX.Element | null {
  const { model, trans } = props;
  const active = model.active;
  if (active === null) {
    return null;
  }
  const connection = model.connection(active.name);
  const word = connectionWord(connection, trans);
  const isConnected = connection === 'connected';
  return (
    <span
      className="jp-RucioHeader-standing"
      data-connection={connection}
      title={
        active.account === null
          ? word
          : trans.__('%1: %2', active.account, word)
      }
    >
      <span className="jp-RucioHeader-account">
        {isConnected ? active.account : word}
      </span>
      <span className="jp-RucioHeader-dot" aria-hidden="true" />
      {isConnected && <span className="jp-RucioHeader-word">{word}</span>}
    </span>
  );
}
