import '@testing-library/jest-dom';
import { screen, waitFor } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';

import type { IWayIn } from '../../api/types';
import { fault, way } from '../scripted';
import {
  button,
  choose,
  field,
  inSeconds,
  password,
  shown,
  SignInStage,
  username
} from './signInStage';

describe('the ways in', () => {
  let stage: SignInStage;

  beforeEach(() => {
    stage = new SignInStage();
  });
  afterEach(() => stage.dispose());

  describe('where there are several ways', () => {
    it('shows the one that is used now', async () => {
      await stage.launchAll({ auth_type: 'x509_proxy' });
      expect(screen.getByLabelText('Proxy')).toBeChecked();
      expect(shown().dataset.way).toBe('x509_proxy');
    });

    it('offers none that the instance does not', async () => {
      await stage.launch();
      expect(screen.queryByRole('radiogroup', { hidden: true })).toBeNull();
      expect(screen.queryByLabelText('Certificate file')).toBeNull();
    });

    it('keeps what was typed while another is looked at', async () => {
      await stage.launchAll();
      await userEvent.type(username(), 'alice');
      await choose('Certificate');
      expect(field('Certificate file')).toHaveValue(
        '/home/alice/.globus/c.pem'
      );
      await choose('Name and password');
      expect(username()).toHaveValue('alice');
    });

    it('signs in with a certificate, its key and a passphrase', async () => {
      await stage.launchAll();
      await choose('Certificate');
      await userEvent.type(field('Key file'), '/home/alice/.globus/k.pem');
      await userEvent.type(field('Passphrase'), 'a secret{Enter}');
      expect(stage.requests).toEqual([
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
      await stage.answers[0].refuse(
        fault('key_passphrase', 'The passphrase is wrong.')
      );
      await waitFor(() => expect(field('Passphrase')).toHaveFocus());
    });

    it('says how long the proxy that was found is valid', async () => {
      await stage.launchAll();
      await choose('Proxy');
      expect(field('Proxy file')).toHaveValue('/tmp/x509up_u1000');
      expect(shown()).toHaveTextContent(/CN=Alice.*valid for 11 h, until/);
      await userEvent.click(button('Sign in'));
      expect(stage.requests).toEqual([
        { type: 'x509_proxy', params: {}, remember: true }
      ]);
    });

    it('signs in with a proxy that is not to be remembered', async () => {
      await stage.launchAll();
      await choose('Proxy');
      await choose('Remember until I sign out');
      await userEvent.clear(field('Proxy file'));
      await userEvent.type(field('Proxy file'), '/tmp/other{Enter}');
      expect(stage.requests).toEqual([
        { type: 'x509_proxy', params: { proxy: '/tmp/other' }, remember: false }
      ]);
    });
  });

  describe('with a token that the server provides', () => {
    const launchToken = (more: Partial<IWayIn> = {}) => {
      stage.api.knownCredentials.ways = [
        way('oidc', { is_provided: true, where: '/run/token', ...more })
      ];
      return stage.launch({ auth_types: ['oidc'], auth_type: 'oidc' });
    };

    it('has nothing to type, and says whose it is and when it ends', async () => {
      await launchToken({
        identity: 'alice (1234)',
        issuer: 'https://iam.example/',
        expires_at: inSeconds(1800)
      });
      expect(await screen.findByText(/nothing to type/)).toBeInTheDocument();
      expect(shown()).toHaveTextContent(/alice \(1234\)/);
      expect(shown()).toHaveTextContent('https://iam.example/');
      expect(shown()).toHaveTextContent(/\/run\/token/);
      expect(shown()).toHaveTextContent(/valid for 30 min/);
      expect(screen.queryByLabelText('Password')).toBeNull();
      expect(screen.queryByText(/Remember/)).toBeNull();
      await userEvent.click(button('Sign in'));
      expect(stage.requests).toEqual([{ type: 'oidc', params: {} }]);
    });

    it('says why there is none, and looks again', async () => {
      await launchToken({
        problem: fault('token_missing', 'There is no token.', {
          hint: 'Ask the Hub.'
        }).toBody()
      });
      expect(await screen.findByText('There is no token.')).toBeInTheDocument();
      expect(screen.getByText('Ask the Hub.')).toBeInTheDocument();
      stage.api.knownCredentials = {
        ...stage.api.knownCredentials,
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
      await stage.launch({ policy: { ...policy, store_credentials: false } });
      expect(screen.queryByText(/Remember/)).toBeNull();
      expect(
        screen.getByText(/until the Jupyter server ends/)
      ).toBeInTheDocument();
      await userEvent.type(username(), 'alice');
      await userEvent.type(password(), 'x{Enter}');
      expect(stage.requests[0]).not.toHaveProperty('remember');
    });

    it('has only what is provided where typing is forbidden', async () => {
      await stage.launchAll({ policy: { ...policy, type_credentials: false } });
      expect(await screen.findByLabelText('Proxy')).toBeInTheDocument();
      expect(screen.getByText(/administrator provides/)).toBeInTheDocument();
      for (const label of ['Password', 'Certificate file', 'Proxy file']) {
        expect(screen.queryByLabelText(label)).toBeNull();
      }
    });

    it('says so where nothing is provided, and has nothing to send', async () => {
      await stage.launch({ policy: { ...policy, type_credentials: false } });
      expect(
        await screen.findByText(/Nothing was found on the server/)
      ).toBeInTheDocument();
      for (const label of ['Sign in', 'Test']) {
        expect(screen.getByText(label)).not.toBeVisible();
      }
    });

    it('says so where the instance cannot be used at all', async () => {
      stage.api.credentials = () =>
        Promise.reject(
          fault('configuration_error', 'ESCAPE is configured wrongly.')
        );
      await stage.launch({ auth_types: [] });
      expect(
        await screen.findByText(/ESCAPE is configured wrongly/)
      ).toBeInTheDocument();
      expect(screen.getByText('Sign in')).not.toBeVisible();
    });

    it('has no picker where that is forbidden', async () => {
      await stage.launchAll({ policy: { ...policy, pick_files: false } });
      await choose('Certificate');
      expect(screen.queryByText('Browse…')).toBeNull();
    });
  });
});
