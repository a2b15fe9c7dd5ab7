import type { TranslationBundle } from '@jupyterlab/translation';
import {
  Button,
  ellipsesIcon,
  HTMLSelect,
  UseSignal
} from '@jupyterlab/ui-components';
import React from 'react';

import type { IInstance } from '../api/types';
import type { Connection, IInstancesModel } from '../tokens';
import { connectionWords, credentialLines } from './connectionWords';
import { InstanceNote } from './InstanceNote';
import { panelNote, type NoteAction } from './notes';

export interface IHeaderProps {
  model: IInstancesModel;
  trans: TranslationBundle;
  /** Opens the menu below the button. */
  onMenu: (button: HTMLElement) => void;
  /** Does it for the active instance. */
  onAction: (action: NoteAction) => void;
  onCopy: (text: string) => void;
}

/** The top of the panel: which Rucio, who, how it stands, and what is in the way. */
export function Header(props: IHeaderProps): JSX.Element {
  const { model, trans, onAction, onCopy } = props;
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
              <InstanceNote
                note={note}
                instance={model.active}
                onAction={onAction}
                onCopy={onCopy}
                trans={trans}
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
      {active && <Standing {...props} instance={active} />}
      <Button
        className="jp-RucioHeader-menu"
        minimal
        aria-label={trans.__('Rucio menu')}
        aria-haspopup="menu"
        title={trans.__(
          'Sign in, sign out, diagnose, reload the configuration'
        )}
        onClick={event => onMenu(event.currentTarget)}
      >
        <ellipsesIcon.react tag="span" />
      </Button>
    </div>
  );
}

/** Who is signed in and until when, or the word that says why nobody is; opens what helps. */
function Standing(props: IHeaderProps & { instance: IInstance }): JSX.Element {
  const { model, instance, onAction, trans } = props;
  const connection = model.connection(instance.name);
  const now = Date.now();
  const { icon, word, tone, isWell } = connectionWords(
    connection,
    instance,
    now,
    trans
  );
  const who = instance.account ?? instance.identity;
  const Icon = icon;
  return (
    <Button
      minimal
      className="jp-RucioHeader-standing"
      aria-haspopup="dialog"
      data-connection={connection}
      data-tone={tone}
      data-well={isWell}
      title={[word, ...credentialLines(instance, now, trans)].join('\n')}
      onClick={() =>
        onAction(ABOUT_CREDENTIALS.has(connection) ? 'sign-in' : 'diagnose')
      }
    >
      {connection === 'connected' && who !== null && (
        <span className="jp-RucioHeader-account">{who}</span>
      )}
      <Icon.react tag="span" className="jp-RucioIcon" aria-hidden="true" />
      <span className="jp-RucioHeader-word">{word}</span>
    </Button>
  );
}

/** What the dialog that signs in has more to say about. */
const ABOUT_CREDENTIALS: ReadonlySet<Connection> = new Set([
  'connected',
  'expired',
  'signed-out'
]);
