import '@testing-library/jest-dom';
import { nullTranslator } from '@jupyterlab/translation';
import { screen, waitFor, within } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';

import type { IInstance, IWayIn } from '../../api/types';
import { SignInDialog } from '../../widgets/signInDialog';
import { giveRoom } from '../components/layout';
import {
  Answer,
  fault,
  folder,
  instance,
  ScriptedApi,
  settled,
  way
} from '../scripted';

describe('signing in', () => {
  let api: ScriptedApi;
  let answers: Answer<void>[];
  let requests: unknown[];
  let dialog: SignInDialog;

  beforeAll(giveRoom);
  beforeEach(() => {
    api = new ScriptedApi();
  });

  const launch = async (more: Partial<IInstance> = {}) => {
    answers = [];
    requests = [];
    dialog = new SignInDialog({
      instance: instance('escape', more),
      api,
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

  /** An instance that takes all of it, and what the server has for each. */
  const launchAll = (more: Partial<IInstance> = {}) => {
    api.knownCredentials = {
      ...api.knownCredentials,
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
    return launch({
      auth_types: ['userpass', 'x509', 'x509_proxy', 'oidc'],
      ...more
    });
  };

  afterEach(() => dialog.dispose());

  const inSeconds = (seconds: number) =>
    new Date(Date.now() + seconds * 1000 + 5000).toISOString();
  const name = () => screen.getByLabelText('User name');
  const password = () => screen.getByLabelText('Password');
  /** The one field of the name that is shown. */
  const field = (label: string) =>
    screen
      .getAllByLabelText<HTMLInputElement>(label)
      .filter(input => !input.closest('[hidden]'))[0];
  const button = (label: string) =>
    screen.getByRole('button', { name: label, hidden: true });
  const shown = () =>
    [...dialog.node.querySelectorAll('form')].filter(form => !form.hidden);
  const choose = (label: string) =>
    userEvent.click(screen.getByLabelText(label));

  describe('with a user name and a password', () => {
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
          },
          remember: true
        }
      ]);
      await answers[0].give();
      await closed;
      expect(screen.queryByLabelText('Password')).toBeNull();
    });

    it('has the user name of before, as soon as the server has said it', async () => {
      const known = new Answer<typeof api.knownCredentials>();
      api.credentials = () => known.promise;
      await launch();
      await waitFor(() => expect(name()).toHaveFocus());
      await known.give({
        ...api.knownCredentials,
        ways: [way('userpass', { params: { username: 'alice' } })]
      });
      await waitFor(() => expect(password()).toHaveFocus());
      expect(name()).toHaveValue('alice');
    });

    it('calls nothing missing that the server fills in a moment later', async () => {
      const known = new Answer<typeof api.knownCredentials>();
      api.credentials = () => known.promise;
      await launch();
      await userEvent.type(password(), 'x{Enter}');
      expect(
        await screen.findByText('The user name is missing.')
      ).toBeInTheDocument();
      await known.give({
        ...api.knownCredentials,
        ways: [way('userpass', { params: { username: 'alice' } })]
      });
      await waitFor(() => expect(name()).toHaveValue('alice'));
      expect(screen.queryByText('The user name is missing.')).toBeNull();
    });

    it('leaves what is typed already alone', async () => {
      const known = new Answer<typeof api.knownCredentials>();
      api.credentials = () => known.promise;
      await launch();
      await userEvent.type(name(), 'bob');
      await known.give({
        ...api.knownCredentials,
        ways: [way('userpass', { params: { username: 'alice' } })]
      });
      await settled();
      expect(name()).toHaveValue('bob');
      expect(name()).toHaveFocus();
    });

    it('stays open on a wrong password, with what Rucio said and all that was typed', async () => {
      await launch();
      await userEvent.type(name(), 'alice');
      await userEvent.type(screen.getByLabelText('Rucio account'), 'higgs');
      await userEvent.type(password(), 'wrong{Enter}');
      expect(await screen.findByText('Asking Rucio…')).toBeInTheDocument();
      await userEvent.click(button('Test'));
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
        expect(
          screen.getByText(/The password is not right/)
        ).toBeInTheDocument()
      );
      expect(screen.getByText(/Cannot get token/)).toBeInTheDocument();
      expect(name()).toHaveValue('alice');
      expect(password()).toHaveValue('wrong');
      expect(password()).toHaveFocus();
      expect(password()).toHaveAccessibleDescription(/Capital letters matter/);
      expect(screen.getByLabelText('Rucio account')).toHaveValue('higgs');
      // Nothing was asked while something was.
      expect(api.tested).toEqual([]);

      await userEvent.clear(password());
      await userEvent.type(password(), 'right{Enter}');
      expect(requests[1]).toMatchObject({
        params: { password: 'right', account: 'higgs' }
      });
    });

    it('goes to the account when there are several', async () => {
      await launch();
      await userEvent.type(name(), 'alice');
      await userEvent.type(password(), 'x{Enter}');
      await answers[0].refuse(
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

    it('tells a browser which fields are its business', async () => {
      await launchAll();
      expect(name()).toHaveAttribute('autocomplete', 'username');
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
    it('says what Rucio answers, and stays open', async () => {
      await launch();
      await userEvent.type(name(), 'alice');
      await userEvent.type(password(), 'x');
      await userEvent.click(button('Test'));
      expect(
        await screen.findByText(/accepts this for the account alice/)
      ).toBeInTheDocument();
      expect(requests).toEqual([]);
      expect(api.tested[0]).toMatchObject({ params: { password: 'x' } });
      expect(password()).toHaveValue('x');
    });

    it('says why Rucio does not', async () => {
      api.credentialsFault = fault('not_authenticated', 'Rucio says no.');
      await launch();
      await userEvent.type(name(), 'alice');
      await userEvent.type(password(), 'x');
      await userEvent.click(button('Test'));
      expect(await screen.findByText(/Rucio says no/)).toBeInTheDocument();
    });
  });

  describe('where there are several ways', () => {
    it('shows the one that is used now', async () => {
      await launchAll({ auth_type: 'x509_proxy' });
      expect(screen.getByLabelText('Proxy')).toBeChecked();
      expect(shown().map(form => form.dataset.way)).toEqual(['x509_proxy']);
    });

    it('offers none that the instance does not', async () => {
      await launch();
      expect(screen.queryByRole('radiogroup', { hidden: true })).toBeNull();
      expect(screen.queryByLabelText('Certificate file')).toBeNull();
    });

    it('keeps what was typed while another is looked at', async () => {
      await launchAll();
      await userEvent.type(name(), 'alice');
      await choose('Certificate');
      expect(field('Certificate file')).toHaveValue(
        '/home/alice/.globus/c.pem'
      );
      await choose('Name and password');
      expect(name()).toHaveValue('alice');
    });

    it('signs in with a certificate, its key and a passphrase', async () => {
      await launchAll();
      await choose('Certificate');
      await userEvent.type(field('Key file'), '/home/alice/.globus/k.pem');
      await userEvent.type(field('Passphrase'), 'a secret{Enter}');
      expect(requests).toEqual([
        {
          type: 'x509',
          params: {
            certificate: '/home/alice/.globus/c.pem',
            key: '/home/alice/.globus/k.pem',
            passphrase: 'a secret'
          },
          remember: true
        }
      ]);
      await answers[0].refuse(
        fault('key_passphrase', 'The passphrase is wrong.')
      );
      await waitFor(() => expect(field('Passphrase')).toHaveFocus());
    });

    it('says how long the proxy that was found is valid', async () => {
      await launchAll();
      await choose('Proxy');
      expect(field('Proxy file')).toHaveValue('/tmp/x509up_u1000');
      expect(shown()[0]).toHaveTextContent(/CN=Alice.*valid for 11 h, until/);
      await userEvent.click(button('Sign in'));
      expect(requests).toEqual([
        { type: 'x509_proxy', params: {}, remember: true }
      ]);
    });

    it('signs in with a proxy that is not to be remembered', async () => {
      await launchAll();
      await choose('Proxy');
      await choose('Remember until I sign out');
      await userEvent.clear(field('Proxy file'));
      await userEvent.type(field('Proxy file'), '/tmp/other{Enter}');
      expect(requests).toEqual([
        { type: 'x509_proxy', params: { proxy: '/tmp/other' }, remember: false }
      ]);
    });
  });

  describe('with a token that the server provides', () => {
    const launchToken = (more: Partial<IWayIn> = {}) => {
      api.knownCredentials.ways = [
        way('oidc', { is_provided: true, where: '/run/token', ...more })
      ];
      return launch({ auth_types: ['oidc'], auth_type: 'oidc' });
    };

    it('has nothing to type, and says whose it is and when it ends', async () => {
      await launchToken({
        identity: 'alice (1234)',
        issuer: 'https://iam.example/',
        expires_at: inSeconds(1800)
      });
      expect(await screen.findByText(/nothing to type/)).toBeInTheDocument();
      expect(shown()[0]).toHaveTextContent(/alice \(1234\)/);
      expect(shown()[0]).toHaveTextContent('https://iam.example/');
      expect(shown()[0]).toHaveTextContent(/\/run\/token/);
      expect(shown()[0]).toHaveTextContent(/valid for 30 min/);
      expect(screen.queryByLabelText('Password')).toBeNull();
      expect(screen.queryByText(/Remember/)).toBeNull();
      await userEvent.click(button('Sign in'));
      expect(requests).toEqual([{ type: 'oidc', params: {} }]);
    });

    it('says why there is none, and looks again', async () => {
      await launchToken({
        problem: fault('token_missing', 'There is no token.', {
          hint: 'Ask the Hub.'
        }).toBody()
      });
      expect(await screen.findByText('There is no token.')).toBeInTheDocument();
      expect(screen.getByText('Ask the Hub.')).toBeInTheDocument();
      api.knownCredentials = {
        ...api.knownCredentials,
        ways: [way('oidc', { is_provided: true, where: '/run/token' })]
      };
      await userEvent.click(button('Look again'));
      expect(await screen.findByText(/nothing to type/)).toBeInTheDocument();
      expect(screen.queryByText('There is no token.')).toBeNull();
    });
  });

  describe('where the administrator has a say', () => {
    const policy = {
      type_credentials: true,
      store_credentials: true,
      pick_files: true
    };

    it('stores nothing where that is forbidden', async () => {
      await launch({ policy: { ...policy, store_credentials: false } });
      expect(screen.queryByText(/Remember/)).toBeNull();
      expect(
        screen.getByText(/until the Jupyter server ends/)
      ).toBeInTheDocument();
      await userEvent.type(name(), 'alice');
      await userEvent.type(password(), 'x{Enter}');
      expect(requests[0]).not.toHaveProperty('remember');
    });

    it('has only what is provided where typing is forbidden', async () => {
      await launchAll({ policy: { ...policy, type_credentials: false } });
      expect(await screen.findByLabelText('Proxy')).toBeInTheDocument();
      expect(screen.getByText(/administrator provides/)).toBeInTheDocument();
      for (const label of ['Password', 'Certificate file', 'Proxy file']) {
        expect(screen.queryByLabelText(label)).toBeNull();
      }
    });

    it('says so where nothing is provided, and has nothing to send', async () => {
      await launch({ policy: { ...policy, type_credentials: false } });
      expect(
        await screen.findByText(/Nothing was found on the server/)
      ).toBeInTheDocument();
      for (const label of ['Sign in', 'Test']) {
        expect(screen.getByText(label)).not.toBeVisible();
      }
    });

    it('has no picker where that is forbidden', async () => {
      await launchAll({ policy: { ...policy, pick_files: false } });
      await choose('Certificate');
      expect(screen.queryByText('Browse…')).toBeNull();
    });
  });

  describe('choosing a file', () => {
    const home = '/home/alice';
    const list = () => screen.getByRole('listbox', { hidden: true });
    const active = () =>
      document.getElementById(
        list().getAttribute('aria-activedescendant') ?? ''
      );
    const browse = async () => {
      api.folders = {
        [home]: folder(home, '.globus/', '!private/', 'zebra.pem'),
        [`${home}/.globus`]: folder(
          `${home}/.globus`,
          'usercert.pem',
          'userkey.pem',
          '!hers.pem'
        )
      };
      await launchAll();
      await choose('Certificate');
      await userEvent.clear(field('Certificate file'));
      await userEvent.click(button('Browse for the certificate file'));
      await waitFor(() => expect(list()).toHaveFocus());
    };

    it('starts at home with its dot files, and goes by keyboard alone', async () => {
      await browse();
      expect(list()).toHaveAccessibleName(home);
      expect(active()).toHaveAccessibleName(/^.globus, Folder/);
      await userEvent.keyboard('.glo{Enter}');
      await waitFor(() =>
        expect(list()).toHaveAccessibleName(`${home}/.globus`)
      );
      await userEvent.keyboard('userk');
      expect(active()).toHaveAccessibleName(/^userkey.pem/);
      await userEvent.keyboard('{End}{Enter}');
      expect(
        screen.getByText('You may not read hers.pem.')
      ).toBeInTheDocument();
      await userEvent.keyboard('{Home}{ArrowDown}');
      expect(active()).toHaveAccessibleName(/^userkey.pem, File, 1.7 kB/);
      await userEvent.keyboard('{Backspace}');
      await waitFor(() => expect(list()).toHaveAccessibleName(home));
      expect(active()).toHaveAccessibleName(/^.globus/);
      await userEvent.keyboard('z');
      expect(active()).toHaveAccessibleName(/^zebra.pem/);
      await userEvent.keyboard('{Enter}');
      expect(field('Certificate file')).toHaveValue(`${home}/zebra.pem`);
      expect(field('Certificate file')).toHaveFocus();
      expect(screen.queryByRole('listbox', { hidden: true })).toBeNull();
      expect(requests).toEqual([]);
    });

    it('leaves the field and the dialog below as they are when given up', async () => {
      await browse();
      await userEvent.keyboard('{Escape}');
      expect(screen.queryByRole('listbox', { hidden: true })).toBeNull();
      expect(field('Certificate file')).toHaveValue('');
      expect(dialog.isDisposed).toBe(false);
    });

    it('takes a typed path, of a folder or of a file', async () => {
      await browse();
      const path = screen.getByLabelText('Folder or file on the server');
      await userEvent.clear(path);
      await userEvent.type(path, `${home}/nowhere{Enter}`);
      expect(
        await screen.findByText(/There is no folder .*nowhere/)
      ).toBeInTheDocument();
      const file = `${home}/.globus/usercert.pem`;
      api.folders[file] = fault('not_a_folder');
      await userEvent.clear(path);
      await userEvent.type(path, `${file}{Enter}`);
      await waitFor(() => expect(field('Certificate file')).toHaveValue(file));
    });

    it('chooses nothing that cannot be read', async () => {
      await browse();
      await userEvent.keyboard('{ArrowDown}');
      const picker = screen.getByRole('dialog', {
        name: 'Choose the certificate file',
        hidden: true
      });
      expect(active()).toHaveAttribute('aria-disabled', 'true');
      expect(
        within(picker).getByRole('button', { name: 'Open', hidden: true })
      ).toBeDisabled();
      await userEvent.keyboard('{Enter}');
      expect(list()).toHaveAccessibleName(home);
    });

    it('says so when a list is cut or empty', async () => {
      api.folders = {};
      await browse();
      api.folders[home] = {
        ...folder(home, ...Array.from({ length: 2000 }, (_, i) => `f${i}`)),
        truncated: true
      };
      await userEvent.click(button('Home'));
      expect(
        await screen.findByText(/Only the first 2,000 are shown/)
      ).toBeInTheDocument();
      // Of so many only those exist that can be seen.
      expect(
        screen.getAllByRole('option', { hidden: true }).length
      ).toBeLessThan(60);
      list().focus();
      await userEvent.keyboard('{End}');
      expect(active()).toHaveAccessibleName(/^f1999, File/);
      api.folders[home] = folder(home);
      await userEvent.click(button('Home'));
      expect(
        await screen.findByText('There is nothing in this folder.')
      ).toBeInTheDocument();
    });
  });

  it('leaves no copy of a secret anywhere when it is gone', async () => {
    const { closed } = await launch();
    await userEvent.type(name(), 'alice');
    await userEvent.type(password(), 'marked-secret{Enter}');
    await answers[0].give();
    await closed;
    expect(document.documentElement.outerHTML).not.toContain('marked-secret');
    expect(JSON.stringify(held(dialog))).not.toContain('marked-secret');
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
