import '@testing-library/jest-dom';
import { nullTranslator } from '@jupyterlab/translation';
import {
  act,
  cleanup,
  fireEvent,
  render,
  screen
} from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import type { IInstance } from '../../api/types';
import { Header } from '../../components/Header';
import { InstancesModel } from '../../model/instances';
import { expired, fault, instance, ScriptedApi } from '../scripted';

const trans = nullTranslator.load('rucio-jupyterlab');

describe('the top of the sidebar', () => {
  let api: ScriptedApi;
  let model: InstancesModel;
  const onAction = jest.fn();
  const onCopy = jest.fn();

  beforeEach(() => {
    onAction.mockClear();
    onCopy.mockClear();
    api = new ScriptedApi();
    model = new InstancesModel({ api });
  });

  afterEach(() => {
    cleanup();
    model.dispose();
  });

  const show = async (...configured: IInstance[]) => {
    api.configured = configured;
    await act(() => model.load());
    render(
      <Header
        model={model}
        trans={trans}
        onMenu={jest.fn()}
        onAction={onAction}
        onCopy={onCopy}
      />
    );
  };
  const at = (minutes: number) =>
    new Date(Date.now() + minutes * 60_000).toISOString();
  const button = (name: string | RegExp) =>
    screen.getByRole('button', { name });

  it('says whose account it is, how one came in and until when', async () => {
    await show(
      instance('escape', {
        auth_type: 'x509_proxy',
        identity: '/DC=ch/CN=Alice',
        credentials_source: 'provided',
        credentials_expires_at: at(60 * 11),
        token_expires_at: at(30)
      })
    );
    const standing = button('alice Connected');
    expect(standing.title.split('\n')).toEqual([
      'Connected',
      'Rucio account: alice',
      'Identity: /DC=ch/CN=Alice',
      'Signed in with a proxy certificate, provided by the server',
      expect.stringMatching(/^The proxy is valid until .*\d/),
      expect.stringMatching(/^Rucio’s own token: until .*\d/)
    ]);
    await userEvent.click(standing);
    expect(onAction).toHaveBeenCalledWith('sign-in');
  });

  it('says quietly when that is soon over', async () => {
    await show(
      instance('sso', { auth_type: 'oidc', credentials_expires_at: at(9) })
    );
    expect(button(/^alice Ends .*\d/)).toBeVisible();
    expect(screen.queryByRole('status')).toBeNull();
  });

  it.each([
    ['Expired', expired('sso')],
    ['Not signed in', instance('escape', { authenticated: false })],
    [
      'Not configured',
      instance('wrong', {
        problem: fault('configuration_error', 'Wrong.').toBody()
      })
    ]
  ])('says %s with a picture beside the word', async (word, configured) => {
    await show(configured);
    const standing = button(word);
    expect(standing.querySelector('svg')).not.toBeNull();
  });

  it('says when Rucio cannot be reached, and offers to find out why', async () => {
    await show(instance('escape'));
    act(() => model.report('escape', fault('rucio_unreachable', 'No route.')));
    expect(button('Unreachable')).toBeVisible();
    expect(screen.getByRole('alert')).toHaveTextContent('No route.');
    await userEvent.click(button('Diagnose…'));
    expect(onAction).toHaveBeenLastCalledWith('diagnose');
    await userEvent.click(button('Try again'));
    expect(onAction).toHaveBeenLastCalledWith('look');
  });

  it('says why a token does not do and what to do, and has the one button that helps', async () => {
    await show(expired('sso'));
    expect(screen.getByText('The token ended at 12:00.')).toBeVisible();
    expect(screen.getByText('Start your server again.')).toBeVisible();
    await userEvent.click(button('Look again'));
    expect(onAction).toHaveBeenCalledWith('look');
  });

  it('lists every wrong key with its reason, for a ticket too', async () => {
    await show(
      instance('wrong', {
        problem: fault('configuration_error', 'Two keys are wrong.', {
          hint: 'Ask who runs this Jupyter.',
          details: [
            { key: 'rucio_base_url', reason: 'It is missing.' },
            { key: 'destinations[0].rse', reason: 'It is no text.' }
          ]
        }).toBody()
      }),
      instance('escape')
    );
    await act(async () => model.setActive('wrong'));
    expect(screen.getAllByRole('term').map(one => one.textContent)).toEqual([
      'rucio_base_url',
      'destinations[0].rse'
    ]);
    expect(screen.getByText('It is no text.')).toBeVisible();
    await userEvent.click(button('Copy for a ticket'));
    expect(await screen.findByText('Copied')).toBeVisible();
    expect(onCopy.mock.calls[0][0]).toMatch(
      /WRONG cannot be used.*\nInstance: wrong\n[^]*- rucio_base_url: It is missing\.\n- destinations\[0\]\.rse: It is no text\.$/
    );
    await userEvent.click(button('Reload configuration'));
    expect(onAction).toHaveBeenLastCalledWith('reload');

    fireEvent.change(screen.getByLabelText('Rucio instance'), {
      target: { value: 'escape' }
    });
    expect(screen.queryByRole('alert')).toBeNull();
    expect(button('alice Connected')).toBeVisible();
  });

  it('says how to configure a Rucio where there is none', async () => {
    await show();
    expect(screen.getByText(/RucioConfig.instances/)).toBeVisible();
    await userEvent.click(button('Reload configuration'));
    expect(onAction).toHaveBeenCalledWith('reload');
  });
});
