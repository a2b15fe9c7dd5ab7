import '@testing-library/jest-dom';
import { nullTranslator } from '@jupyterlab/translation';
import { screen, waitFor } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';

import type { AuthType } from '../../api/types';
import { SignInDialog } from '../../widgets/signInDialog';
import { Answer, fault, instance } from '../scripted';

describe('signing in', () => {
  let answers: Answer<void>[];
  let requests: unknown[];
  let dialog: SignInDialog;

  const launch = async (auth_types: AuthType[] = ['userpass']) => {
    answers = [];
    requests = [];
    dialog = new SignInDialog({
      instance: instance('escape', { auth_types }),
      signIn: request => {
        const answer = new Answer<void>();
        requests.push(request);
        answers.push(answer);
        return answer.promise;
      },
      trans: nullTranslator.load('rucio-jupyterlab')
    });
    const closed = dialog.launch();
    // Disposing an open dialog rejects, which is no concern of the test that leaves it open.
    closed.catch(() => undefined);
    await dialog.ready;
    // React draws the form after the dialog is attached.
    await waitFor(() =>
      expect(dialog.node.querySelector('.jp-Dialog-body > *')).not.toBeNull()
    );
    return { closed };
  };

  afterEach(() => dialog.dispose());

  const name = () => screen.getByLabelText('User name');
  const password = () => screen.getByLabelText('Password');

  it('begins in the first field, and Enter sends what was typed', async () => {
    const { closed } = await launch();
    await waitFor(() => expect(name()).toHaveFocus());
    await userEvent.type(name(), 'alice');
    await userEvent.type(password(), 'wonder%land{Enter}');
    expect(requests).toEqual([
      {
        type: 'userpass',
        params: {
          username: 'alice',
          password: 'wonder%land',
          account: 'alice'
        }
      }
    ]);
    await answers[0].give();
    await closed;
    expect(screen.queryByLabelText('Password')).toBeNull();
  });

  it('stays open on a wrong password, with what Rucio said and all that was typed', async () => {
    await launch();
    await userEvent.type(name(), 'alice');
    await userEvent.type(screen.getByLabelText('Rucio account'), 'higgs');
    await userEvent.type(password(), 'wrong{Enter}');
    expect(await screen.findByText('Asking Rucio…')).toBeInTheDocument();
    await answers[0].refuse(
      fault('not_authenticated', 'The password is not right.', {
        hint: 'Capital letters matter.',
        rucio: {
          exception_class: 'CannotAuthenticate',
          exception_message: 'Cannot get token'
        }
      })
    );
    await waitFor(() =>
      expect(screen.getByText(/The password is not right/)).toBeInTheDocument()
    );
    expect(screen.getByText(/Cannot get token/)).toBeInTheDocument();
    expect(name()).toHaveValue('alice');
    expect(password()).toHaveValue('wrong');
    expect(screen.getByLabelText('Rucio account')).toHaveValue('higgs');

    await userEvent.clear(password());
    await userEvent.type(password(), 'right{Enter}');
    expect(requests[1]).toMatchObject({
      params: { password: 'right', account: 'higgs' }
    });
  });

  it('says what is missing and asks nobody', async () => {
    await launch();
    await userEvent.type(name(), 'alice{Enter}');
    await waitFor(() =>
      expect(screen.getByText('The password is missing.')).toBeInTheDocument()
    );
    expect(password()).toHaveFocus();
    expect(requests).toEqual([]);
  });

  it('sends once, however often Enter is pressed', async () => {
    await launch();
    await userEvent.type(name(), 'alice');
    await userEvent.type(password(), 'x{Enter}{Enter}{Enter}');
    expect(requests).toHaveLength(1);
  });

  it('can be given up', async () => {
    const { closed } = await launch();
    await userEvent.keyboard('{Escape}');
    await closed;
    expect(requests).toEqual([]);
  });

  it('says so where there is nothing to type', async () => {
    await launch(['oidc']);
    expect(
      screen.getByText(/does not take a user name and a password/)
    ).toBeInTheDocument();
    expect(screen.queryByLabelText('Password')).toBeNull();
  });
});
