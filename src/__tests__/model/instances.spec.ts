import { nullTranslator } from '@jupyterlab/translation';

import type { IInstance } from '../../api/types';
import { panelNote } from '../../components/notes';
import { reloadWords } from '../../components/reloadWords';
import { InstancesModel } from '../../model/instances';
import { expired, fault, instance, ScriptedApi, settled } from '../scripted';

const trans = nullTranslator.load('rucio-jupyterlab');

describe('the instances, and what the panel says of them', () => {
  let api: ScriptedApi;
  let model: InstancesModel;

  beforeEach(() => {
    api = new ScriptedApi();
    model = new InstancesModel({ api });
  });

  afterEach(() => model.dispose());

  const note = () => panelNote(model, trans);

  it('ask nothing before somebody looks, and once however many look', async () => {
    const hello = jest.spyOn(api, 'hello');
    expect(model.phase).toBe('idle');
    await Promise.all([model.load(), model.load()]);
    expect(hello).toHaveBeenCalledTimes(1);
    expect(model.active?.name).toBe('escape');
    expect(note()).toBeNull();
  });

  it('say when the server part is missing, and recover', async () => {
    api.helloFault = fault('server_missing');
    await model.load();
    expect(note()).toMatchObject({ button: { action: 'look' }, tone: 'error' });
    expect(note()?.title).toContain('server part');
    api.helloFault = null;
    await model.refresh();
    expect(note()).toBeNull();
  });

  it('say how to configure when nothing is configured', async () => {
    api.configured = [];
    await model.load();
    expect(note()?.text).toContain('RucioConfig.instances');
  });

  it('say what is wrong with the configuration of one among two, while the other works', async () => {
    api.configured = [
      instance('broken', {
        auth_types: [],
        authenticated: false,
        problem: fault('configuration_error', 'rucio_base_url is missing.')
      }),
      instance('escape')
    ];
    await model.load();
    expect(model.connection('broken')).toBe('misconfigured');
    expect(note()?.title).toContain('BROKEN');
    expect(note()?.text).toContain('rucio_base_url is missing.');
    expect(note()?.button.action).toBe('reload');
    model.setActive('escape');
    expect(model.connection('escape')).toBe('connected');
    expect(note()).toBeNull();
  });

  it('offer to sign in', async () => {
    api.configured = [instance('escape', { authenticated: false })];
    await model.load();
    expect(note()).toMatchObject({ button: { action: 'sign-in' } });
    // Who signed out of a provided token has it left alone, and looking again would not help.
    api.configured = [
      instance('sso', { auth_types: ['oidc'], authenticated: false })
    ];
    await model.refresh();
    expect(note()).toMatchObject({ button: { action: 'sign-in' } });
  });

  it('turn to signed out when any request says so, and back after signing in', async () => {
    await model.load();
    model.report('escape', fault('not_authenticated'));
    expect(model.connection('escape')).toBe('signed-out');
    const signedIn = jest.fn();
    model.signedIn.connect((_, name) => signedIn(name));
    const done = model.signIn('escape', { type: 'userpass', params: {} });
    await api.signIns[0].answer.give();
    await done;
    expect(model.connection('escape')).toBe('connected');
    expect(signedIn).toHaveBeenCalledWith('escape');
  });

  it('know why Rucio refused as soon as the server does, and the way out', async () => {
    api.configured = [
      instance('sso', { auth_types: ['oidc'], auth_type: 'oidc' })
    ];
    await model.load();
    api.configured = [expired('sso')];
    model.report('sso', fault('not_authenticated'));
    expect(model.connection('sso')).toBe('signed-out');
    await settled();
    expect(model.connection('sso')).toBe('expired');
    expect(note()).toMatchObject({
      title: 'The token ended at 12:00.',
      text: 'Start your server again.',
      button: { action: 'look' },
      isDiagnosable: true
    });
  });

  it('let whoever can bring other credentials do so', async () => {
    api.configured = [
      instance('escape', {
        auth_types: ['userpass', 'x509_proxy'],
        auth_type: 'x509_proxy',
        authenticated: false,
        credentials_source: 'stored',
        credentials_problem: fault('proxy_expired', 'It is over.').toBody()
      })
    ];
    await model.load();
    expect(model.connection('escape')).toBe('expired');
    expect(note()?.button.action).toBe('sign-in');
    api.configured = [
      {
        ...api.configured[0],
        policy: { ...api.configured[0].policy, type_credentials: false }
      }
    ];
    await model.refresh();
    expect(note()?.button.action).toBe('look');
  });

  it('tell those who wait when a fresh token has arrived', async () => {
    api.configured = [expired('sso')];
    await model.load();
    const signedIn = jest.fn();
    model.signedIn.connect((_, name) => signedIn(name));
    await model.look();
    expect(signedIn).not.toHaveBeenCalled();
    api.configured = [instance('sso')];
    await model.look();
    expect(signedIn.mock.calls).toEqual([['sso']]);
    expect(note()).toBeNull();
  });

  it('do not believe at once that all is well again where Rucio has just refused', async () => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask'] });
    try {
      await model.load();
      const signedIn = jest.fn();
      model.signedIn.connect(signedIn);
      // The server says all the while that they do.
      model.report('escape', fault('not_authenticated'));
      await settled();
      expect(model.connection('escape')).toBe('signed-out');
      expect(signedIn).not.toHaveBeenCalled();
      jest.advanceTimersByTime(5_000);
      await model.look();
      expect(model.connection('escape')).toBe('connected');
      expect(signedIn).toHaveBeenCalledTimes(1);
    } finally {
      jest.useRealTimers();
    }
  });

  it('learn whose account a token is once Rucio was asked something, and ask for it once', async () => {
    api.configured = [instance('sso', { account: null })];
    await model.load();
    const asked = jest.spyOn(api, 'instances');
    model.report('sso', null);
    model.report('sso', null);
    await settled();
    expect(asked).toHaveBeenCalledTimes(1);
    model.report('sso', null);
    await settled();
    expect(asked).toHaveBeenCalledTimes(1);
    api.configured = [expired('sso')];
    await model.look();
    api.configured = [instance('sso', { account: null })];
    await model.look();
    api.configured = [instance('sso')];
    model.report('sso', null);
    await settled();
    expect(model.active?.account).toBe('alice');
  });

  it('say once, and not twice, that somebody has signed in', async () => {
    api.configured = [instance('escape', { authenticated: false })];
    await model.load();
    const signedIn = jest.fn();
    model.signedIn.connect((_, name) => signedIn(name));
    api.configured = [instance('escape')];
    const done = model.signIn('escape', { type: 'userpass', params: {} });
    await api.signIns[0].answer.give();
    await done;
    expect(signedIn).toHaveBeenCalledTimes(1);
  });

  it('keep what they know where nobody asked and nothing can be learnt', async () => {
    await model.load();
    model.report('escape', fault('rucio_unreachable', 'No route to Rucio.'));
    await model.look();
    expect(model.connection('escape')).toBe('unreachable');
    jest.spyOn(api, 'instances').mockRejectedValue(fault('jupyter_slow'));
    await model.look();
    expect(model.phase).toBe('ready');
    expect(model.items).toHaveLength(2);
  });

  it('say what came of reading the configuration again, and keep the active one', async () => {
    const wrong = { problem: fault('configuration_error', 'No.').toBody() };
    api.configured = [
      instance('escape', wrong),
      instance('gone'),
      instance('kept')
    ];
    await model.load();
    model.setActive('kept');
    api.configured = [
      instance('escape'),
      instance('kept'),
      instance('new', wrong)
    ];
    const reloaded = await model.reload();
    const names = Object.fromEntries(
      Object.entries(reloaded).map(([key, list]) => [
        key,
        (list as IInstance[]).map(one => one.name)
      ])
    );
    expect(names).toEqual({
      added: ['new'],
      removed: ['gone'],
      mended: ['escape'],
      wrong: ['new']
    });
    expect(model.active?.name).toBe('kept');
    expect(reloadWords(reloaded, trans)).toBe(
      'The configuration was read again. Added: NEW. No longer there: GONE. Can be used now: ESCAPE. Cannot be used: NEW.'
    );
    model.setActive('new');
    expect(reloadWords(await model.reload(), trans)).toContain(
      'Cannot be used: NEW.'
    );
  });

  it('stay as they were where the configuration cannot be read again', async () => {
    await model.load();
    jest
      .spyOn(api, 'reloadConfiguration')
      .mockRejectedValue(fault('configuration_error', 'Line 3 is no Python.'));
    await expect(model.reload()).rejects.toThrow('Line 3 is no Python.');
    expect(model.phase).toBe('ready');
    expect(model.items).toHaveLength(2);
  });

  it('say when Rucio is down or slow, until a request succeeds', async () => {
    await model.load();
    model.report('escape', fault('rucio_unreachable', 'No route to Rucio.'));
    expect(model.connection('escape')).toBe('unreachable');
    expect(note()?.title).toBe('No route to Rucio.');
    model.report('escape', fault('rucio_timeout', 'Rucio is slow.'));
    expect(model.connection('escape')).toBe('slow');
    model.report('escape', null);
    expect(note()).toBeNull();
  });

  it('are not troubled by errors that only concern what was asked', async () => {
    await model.load();
    model.report('escape', fault('unknown_did'));
    expect(model.connection('escape')).toBe('connected');
  });

  it('warn of a missing mount, and work', async () => {
    api.configured = [
      instance('escape', {
        problem: fault('mount_missing', 'No storage is mounted at /eos.')
      })
    ];
    await model.load();
    expect(model.connection('escape')).toBe('connected');
    expect(note()).toMatchObject({
      tone: 'warn',
      title: 'No storage is mounted at /eos.'
    });
  });

  it('remember the choice, and forget it when it is gone', async () => {
    const kept = new Map<string, unknown>([
      ['rucio-jupyterlab:active-instance', 'other']
    ]);
    const state = {
      fetch: async (key: string) => kept.get(key),
      save: async (key: string, value: unknown) => void kept.set(key, value)
    } as unknown as InstancesModel.IOptions['state'];
    const first = new InstancesModel({ api, state });
    await first.load();
    expect(first.active?.name).toBe('other');
    first.setActive('escape');
    expect([...kept.values()]).toEqual(['escape']);
    api.configured = [instance('third')];
    await first.refresh();
    expect(first.active?.name).toBe('third');
    first.dispose();
  });
});
