import { nullTranslator } from '@jupyterlab/translation';
import { screen, waitFor } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';

import type { IInstance } from '../../api/types';
import { SignInDialog } from '../../widgets/signInDialog';
import { Answer, instance, ScriptedApi, way } from '../scripted';

/** The dialog that signs in, with a server part and a Rucio that a test plays. */
export class SignInStage {
  readonly api = new ScriptedApi();
  /** What was sent to sign in, and what Rucio is to say to it. */
  readonly requests: unknown[] = [];
  readonly answers: Answer<void>[] = [];

  get dialog(): SignInDialog {
    if (this._dialog === null) {
      throw new Error('The dialog has not been launched.');
    }
    return this._dialog;
  }

  async launch(more: Partial<IInstance> = {}) {
    this._dialog = new SignInDialog({
      instance: instance('escape', more),
      api: this.api,
      signIn: request => {
        const answer = new Answer<void>();
        this.requests.push(request);
        this.answers.push(answer);
        return answer.promise;
      },
      trans: nullTranslator.load('rucio-jupyterlab')
    });
    const closed = this._dialog.launch();
    // Disposing an open dialog rejects, which is no concern of the test that leaves it open.
    closed.catch(() => undefined);
    await this._dialog.ready;
    // React draws the form after the dialog is attached.
    await waitFor(() =>
      expect(
        this.dialog.node.querySelector('.jp-Dialog-body > *')
      ).not.toBeNull()
    );
    return { closed };
  }

  /** Launches it for an instance with all ways in, where a proxy and a certificate were found. */
  launchAll(more: Partial<IInstance> = {}) {
    this.api.knownCredentials = {
      ...this.api.knownCredentials,
      ways: [
        way('userpass'),
        way('x509', { params: { certificate: '/home/alice/.globus/c.pem' } }),
        way('x509_proxy', {
          is_provided: true,
          where: '/tmp/x509up_u1000',
          params: { proxy: '/tmp/x509up_u1000' },
          identity: 'CN=Alice',
          expires_at: inSeconds(11 * 3600)
        }),
        way('oidc', { is_provided: true })
      ]
    };
    return this.launch({
      auth_types: ['userpass', 'x509', 'x509_proxy', 'oidc'],
      ...more
    });
  }

  dispose(): void {
    this._dialog?.dispose();
  }

  private _dialog: SignInDialog | null = null;
}

/** A time on the wire, a little later than so many seconds from now. */
export function inSeconds(seconds: number): string {
  return new Date(Date.now() + seconds * 1000 + 5000).toISOString();
}

export const username = () => screen.getByLabelText('User name');
export const password = () => screen.getByLabelText('Password');

/** The field of this label in the way in that is chosen. */
export function field(label: string): HTMLInputElement {
  const [input] = screen
    .getAllByLabelText<HTMLInputElement>(label)
    .filter(one => !one.closest('[hidden]'));
  return input;
}

/** A button by its name; JupyterLab's dialog counts as hidden where nothing is laid out. */
export function button(label: string): HTMLElement {
  return screen.getByRole('button', { name: label, hidden: true });
}

/** The form of the way in that is chosen. */
export function shown(): HTMLFormElement {
  const [form] = [
    ...document.querySelectorAll<HTMLFormElement>('.jp-RucioSignIn form')
  ].filter(one => !one.hidden);
  return form;
}

export function choose(label: string): Promise<void> {
  return userEvent.click(screen.getByLabelText(label));
}
