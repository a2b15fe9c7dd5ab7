import '@testing-library/jest-dom';
import { screen, waitFor } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';

import { Answer, fault, settled, way } from '../scripted';
import { button, password, SignInStage, username } from './signInStage';

describe('signing in', () => {
  let stage: SignInStage;

  beforeEach(() => {
    stage = new SignInStage();
  });
  afterEach(() => stage.dispose());

  describe('with a user name and a password', () => {
    it('begins in the first field, and Enter sends what was typed', async () => {
      const { closed } = await stage.launch();
      await waitFor(() => expect(username()).toHaveFocus());
      await userEvent.type(username(), 'alice');
      await userEvent.type(password(), 'wonder%land{Enter}');
      expect(stage.requests).toEqual([
        {
          type: 'userpass',
          params: {
            username: 'alice',
            password: 'wonder%land',
            account: 'alice'
          },
          remember: true
        }
      ]);
      await stage.answers[0].give();
      await closed;
      expect(screen.queryByLabelText('Password')).toBeNull();
    });

    it('has the user name of before, as soon as the server has said it', async () => {
      const known = new Answer<typeof stage.api.knownCredentials>();
      stage.api.credentials = () => known.promise;
      await stage.launch();
      await waitFor(() => expect(username()).toHaveFocus());
      await known.give({
        ...stage.api.knownCredentials,
        ways: [way('userpass', { params: { username: 'alice' } })]
      });
      await waitFor(() => expect(password()).toHaveFocus());
      expect(username()).toHaveValue('alice');
    });

    it('calls nothing missing that the server fills in a moment later', async () => {
      const known = new Answer<typeof stage.api.knownCredentials>();
      stage.api.credentials = () => known.promise;
      await stage.launch();
      await userEvent.type(password(), 'x{Enter}');
      expect(
        await screen.findByText('The user name is missing.')
      ).toBeInTheDocument();
      await known.give({
        ...stage.api.knownCredentials,
        ways: [way('userpass', { params: { username: 'alice' } })]
      });
      await waitFor(() => expect(username()).toHaveValue('alice'));
      expect(screen.queryByText('The user name is missing.')).toBeNull();
    });

    it('leaves what is typed already alone', async () => {
      const known = new Answer<typeof stage.api.knownCredentials>();
      stage.api.credentials = () => known.promise;
      await stage.launch();
      await userEvent.type(username(), 'bob');
      await known.give({
        ...stage.api.knownCredentials,
        ways: [way('userpass', { params: { username: 'alice' } })]
      });
      await settled();
      expect(username()).toHaveValue('bob');
      expect(username()).toHaveFocus();
    });

    it('stays open on a wrong password, with what Rucio said and all that was typed', async () => {
      await stage.launch();
      await userEvent.type(username(), 'alice');
      await userEvent.type(screen.getByLabelText('Rucio account'), 'higgs');
      await userEvent.type(password(), 'wrong{Enter}');
      expect(await screen.findByText('Asking Rucio…')).toBeInTheDocument();
      await userEvent.click(button('Test'));
      await stage.answers[0].refuse(
        fault('not_authenticated', 'The password is not right.', {
          hint: 'Capital letters matter.',
          rucio: {
            exception_class: 'CannotAuthenticate',
            exception_message: 'Cannot get token'
          }
        })
      );
      await waitFor(() =>
        expect(
          screen.getByText(/The password is not right/)
        ).toBeInTheDocument()
      );
      expect(screen.getByText(/Cannot get token/)).toBeInTheDocument();
      expect(username()).toHaveValue('alice');
      expect(password()).toHaveValue('wrong');
      expect(password()).toHaveFocus();
      expect(password()).toHaveAccessibleDescription(/Capital letters matter/);
      expect(screen.getByLabelText('Rucio account')).toHaveValue('higgs');
      // Nothing was asked while something was.
      expect(stage.api.tested).toEqual([]);

      await userEvent.clear(password());
      await userEvent.type(password(), 'right{Enter}');
      expect(stage.requests[1]).toMatchObject({
        params: { password: 'right', account: 'higgs' }
      });
    });

    it('goes to the account when there are several', async () => {
      await stage.launch();
      await userEvent.type(username(), 'alice');
      await userEvent.type(password(), 'x{Enter}');
      await stage.answers[0].refuse(
        fault('account_required', 'Rucio has to be told which account.', {
          hint: 'Yours are: alice, higgs.'
        })
      );
      await waitFor(() =>
        expect(screen.getByLabelText('Rucio account')).toHaveFocus()
      );
      expect(screen.getByText(/alice, higgs/)).toBeInTheDocument();
    });

    it('says what is missing and asks nobody', async () => {
      await stage.launch();
      await userEvent.type(username(), 'alice{Enter}');
      await waitFor(() =>
        expect(screen.getByText('The password is missing.')).toBeInTheDocument()
      );
      expect(password()).toHaveFocus();
      expect(stage.requests).toEqual([]);
    });

    it('sends once, however often Enter is pressed', async () => {
      await stage.launch();
      await userEvent.type(username(), 'alice');
      await userEvent.type(password(), 'x{Enter}{Enter}{Enter}');
      expect(stage.requests).toHaveLength(1);
    });

    it('can be given up', async () => {
      const { closed } = await stage.launch();
      await userEvent.keyboard('{Escape}');
      await closed;
      expect(stage.requests).toEqual([]);
    });

    it('tells a browser which fields are its business', async () => {
      await stage.launchAll();
      expect(username()).toHaveAttribute('autocomplete', 'username');
      expect(password()).toHaveAttribute('autocomplete', 'current-password');
      expect(screen.getByLabelText('Passphrase')).toHaveAttribute(
        'autocomplete',
        'off'
      );
      expect(screen.getByLabelText('Passphrase')).toHaveAttribute(
        'type',
        'password'
      );
    });
  });

  describe('trying', () => {
    it('says what Rucio stage.answers, and stays open', async () => {
      await stage.launch();
      await userEvent.type(username(), 'alice');
      await userEvent.type(password(), 'x');
      await userEvent.click(button('Test'));
      expect(
        await screen.findByText(/accepts this for the account alice/)
      ).toBeInTheDocument();
      expect(stage.requests).toEqual([]);
      expect(stage.api.tested[0]).toMatchObject({ params: { password: 'x' } });
      expect(password()).toHaveValue('x');
      // Of anything else it has not been said.
      await userEvent.type(password(), 'y');
      await waitFor(() =>
        expect(screen.queryByText(/accepts this/)).toBeNull()
      );
    });

    it('says why Rucio does not', async () => {
      stage.api.credentialsFault = fault('not_authenticated', 'Rucio says no.');
      await stage.launch();
      await userEvent.type(username(), 'alice');
      await userEvent.type(password(), 'x');
      await userEvent.click(button('Test'));
      expect(await screen.findByText(/Rucio says no/)).toBeInTheDocument();
    });
  });

  it('leaves no copy of a secret anywhere when it is gone', async () => {
    const { closed } = await stage.launch();
    await userEvent.type(username(), 'alice');
    await userEvent.type(password(), 'marked-secret{Enter}');
    await stage.answers[0].give();
    await closed;
    expect(document.documentElement.outerHTML).not.toContain('marked-secret');
    expect(JSON.stringify(held(stage.dialog))).not.toContain('marked-secret');
  });
});

/** All text that an object holds, at any depth. */
function held(from: object): string[] {
  const seen = new Set<object>();
  const texts: string[] = [];
  const look = (value: unknown) => {
    if (typeof value === 'string') {
      texts.push(value);
    } else if (
      typeof value === 'object' &&
      value !== null &&
      !(value instanceof Node) &&
      !seen.has(value)
    ) {
      seen.add(value);
      Object.values(value).forEach(look);
    }
  };
  look(from);
  return texts;
}
