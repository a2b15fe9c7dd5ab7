import type { TranslationBundle } from '@jupyterlab/translation';

import type { IErrorBody, IInstance, IRucioFault } from '../api/types';
import type { IInstancesModel } from '../tokens';
import { errorText } from './words';

/** What the button of a note does. */
export type NoteAction = 'sign-in' | 'refresh';

/** What stands in the way of all work, in one sentence and with one way out. */
export interface IPanelNote {
  title: string;
  text: string;
  tone: 'info' | 'warn' | 'error';
  action: NoteAction;
  actionLabel: string;
  rucio: IRucioFault | null;
}

/** The one thing to say about the state of the instances; null when nothing is in the way. */
export function panelNote(
  model: Pick<
    IInstancesModel,
    'phase' | 'error' | 'items' | 'active' | 'connection' | 'problem'
  >,
  trans: TranslationBundle
): IPanelNote | null {
  if (model.phase === 'failed' && model.error) {
    return said(model.error.toBody(), 'error', trans.__('Try again'), trans);
  }
  if (model.phase !== 'ready') {
    return null;
  }
  if (model.items.length === 0) {
    return {
      title: trans.__('No Rucio is configured here.'),
      text: trans.__(
        'Add one to c.RucioConfig.instances in jupyter_server_config.py, or set RUCIO_NAME and RUCIO_BASE_URL in the environment, and restart Jupyter.'
      ),
      tone: 'warn',
      action: 'refresh',
      actionLabel: trans.__('Look again'),
      rucio: null
    };
  }
  return model.active ? instanceNote(model, model.active, trans) : null;
}

function instanceNote(
  model: Pick<IInstancesModel, 'connection' | 'problem'>,
  active: IInstance,
  trans: TranslationBundle
): IPanelNote | null {
  const problem = model.problem(active.name);
  switch (model.connection(active.name)) {
    case 'misconfigured':
      return problem ? misconfigured(problem, active, trans) : null;
    case 'signed-out':
      return {
        title: trans.__('You are not signed in to %1.', active.display_name),
        text: '',
        tone: 'info',
        action: 'sign-in',
        actionLabel: trans.__('Sign in…'),
        rucio: null
      };
    case 'unreachable':
    case 'slow':
      return problem
        ? said(problem, 'error', trans.__('Try again'), trans)
        : null;
    default:
      return problem
        ? said(problem, 'warn', trans.__('Look again'), trans)
        : null;
  }
}

/** What is wrong with a configuration may take a paragraph, which is no title. */
function misconfigured(
  problem: IErrorBody,
  active: IInstance,
  trans: TranslationBundle
): IPanelNote {
  const note = said(problem, 'error', trans.__('Reload configuration'), trans);
  return {
    ...note,
    title: trans.__(
      '%1 cannot be used as it is configured.',
      active.display_name
    ),
    text: `${note.title} ${note.text}`.trim()
  };
}

function said(
  error: IErrorBody,
  tone: IPanelNote['tone'],
  actionLabel: string,
  trans: TranslationBundle
): IPanelNote {
  const { message, hint } = errorText(error, trans);
  return {
    title: message,
    text: hint,
    tone,
    action: 'refresh',
    actionLabel,
    rucio: error.rucio
  };
}
