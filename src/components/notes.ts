import type { TranslationBundle } from '@jupyterlab/translation';

import type { IErrorBody, IInstance, IRucioFault } from '../api/types';
import { isPending } from '../model/standing';
import type { IInstancesModel } from '../tokens';
import { errorText } from './words';

/** What the button of a note does. */
export type NoteAction = 'sign-in' | 'look' | 'reload' | 'diagnose';

export interface INoteButton {
  action: NoteAction;
  label: string;
}

/** What stands in the way of all work, in one sentence and with one way out. */
export interface IPanelNote {
  title: string;
  text: string;
  tone: 'info' | 'warn' | 'error';
  /** The keys that are wrong, for whoever configures the instance. */
  details: { key: string; reason: string }[];
  rucio: IRucioFault | null;
  /** The one that helps. */
  button: INoteButton;
  /** Whether a diagnosis may say more. */
  isDiagnosable: boolean;
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
    return {
      ...said(model.error.toBody(), 'error', tryAgain(trans), trans),
      // There is nobody to ask for one.
      isDiagnosable: false
    };
  }
  if (model.phase !== 'ready') {
    return null;
  }
  if (model.items.length === 0) {
    return {
      title: trans.__('No Rucio is configured here.'),
      text: trans.__(
        'Add one to c.RucioConfig.instances in jupyter_server_config.py and reload the configuration; or set RUCIO_NAME and RUCIO_BASE_URL in the environment and restart Jupyter.'
      ),
      tone: 'warn',
      details: [],
      rucio: null,
      button: reload(trans),
      isDiagnosable: false
    };
  }
  return model.active && instanceNote(model, model.active, trans);
}

/** What stands in the way of working with an instance; null when nothing does. */
export function instanceNote(
  model: Pick<IInstancesModel, 'connection' | 'problem'>,
  instance: IInstance,
  trans: TranslationBundle
): IPanelNote | null {
  const problem = model.problem(instance.name);
  switch (model.connection(instance.name)) {
    case 'misconfigured':
      return problem && misconfigured(problem, instance, trans);
    case 'expired':
    case 'signed-out':
      return problem === null || problem === instance.problem
        ? signedOut(instance, trans)
        : said(problem, 'warn', wayBack(instance, problem, trans), trans);
    case 'unreachable':
    case 'slow':
      return problem && said(problem, 'error', tryAgain(trans), trans);
    default:
      return problem && said(problem, 'warn', lookAgain(trans), trans);
  }
}

function signedOut(instance: IInstance, trans: TranslationBundle): IPanelNote {
  return {
    title: trans.__('You are not signed in to %1.', instance.display_name),
    text: '',
    tone: 'info',
    details: [],
    rucio: null,
    button: signIn(trans),
    isDiagnosable: false
  };
}

function misconfigured(
  problem: IErrorBody,
  instance: IInstance,
  trans: TranslationBundle
): IPanelNote {
  if (isPending(problem)) {
    return said(problem, 'info', lookAgain(trans), trans);
  }
  const note = said(problem, 'error', reload(trans), trans);
  return {
    ...note,
    title: trans.__(
      '%1 cannot be used as it is configured.',
      instance.display_name
    ),
    // The list of keys says the same, where there is one; a sentence may take a paragraph.
    text:
      note.details.length > 0 ? note.text : `${note.title} ${note.text}`.trim()
  };
}

function said(
  error: IErrorBody,
  tone: IPanelNote['tone'],
  button: INoteButton,
  trans: TranslationBundle
): IPanelNote {
  const { message, hint } = errorText(error, trans);
  return {
    title: message,
    text: hint,
    tone,
    details: error.details ?? [],
    rucio: error.rucio,
    button,
    isDiagnosable: true
  };
}

/** Who is given a token waits for another one; everybody else can bring credentials. */
function wayBack(
  instance: IInstance,
  problem: IErrorBody,
  trans: TranslationBundle
): INoteButton {
  const isGiven =
    instance.credentials_source === 'provided' ||
    problem.code.startsWith(TOKEN);
  return isGiven || !canSignIn(instance) ? lookAgain(trans) : signIn(trans);
}

/** How the codes of problems begin that are about a token that the server is given. */
const TOKEN = 'token_';

/** Whether there is anything that a user could type or choose. */
function canSignIn(instance: IInstance): boolean {
  return (
    instance.policy.type_credentials &&
    instance.auth_types.some(type => type !== 'oidc')
  );
}

function signIn(trans: TranslationBundle): INoteButton {
  return { action: 'sign-in', label: trans.__('Sign in…') };
}

function lookAgain(trans: TranslationBundle): INoteButton {
  return { action: 'look', label: trans.__('Look again') };
}

function tryAgain(trans: TranslationBundle): INoteButton {
  return { action: 'look', label: trans.__('Try again') };
}

function reload(trans: TranslationBundle): INoteButton {
  return { action: 'reload', label: trans.__('Reload configuration') };
}
