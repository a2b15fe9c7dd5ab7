import { nullTranslator } from '@jupyterlab/translation';

import { panelNote } from '../../components/notes';
import { InstancesModel } from '../../model/instances';
import { fault, instance, ScriptedApi } from '../scripted';

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
    expect(note()).toMatchObject({ action: 'refresh', tone: 'error' });
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
    model.setActive('escape');
    expect(model.connection('escape')).toBe('connected');
    expect(note()).toBeNull();
  });

  it('offer to sign in', async () => {
    api.configured = [instance('escape', { authenticated: false })];
    await model.load();
    expect(note()).toMatchObject({ action: 'sign-in' });
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
