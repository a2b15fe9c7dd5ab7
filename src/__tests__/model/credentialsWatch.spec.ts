import { CredentialsWatch } from '../../model/credentialsWatch';
import { InstancesModel } from '../../model/instances';
import { expired, fault, instance, ScriptedApi, settled } from '../scripted';

const MINUTE_S = 60;

describe('credentials that nobody looks after', () => {
  let api: ScriptedApi;
  let model: InstancesModel;
  let watch: CredentialsWatch;
  let asked: jest.SpyInstance;
  let isHidden: jest.SpyInstance;
  const signedIn = jest.fn();

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask'] });
    isHidden = jest.spyOn(document, 'visibilityState', 'get');
    isHidden.mockReturnValue('visible');
    api = new ScriptedApi();
    model = new InstancesModel({ api });
    watch = new CredentialsWatch(model);
    asked = jest.spyOn(api, 'instances');
    signedIn.mockClear();
    model.signedIn.connect((_, name) => signedIn(name));
  });

  afterEach(() => {
    watch.dispose();
    model.dispose();
    isHidden.mockRestore();
    jest.useRealTimers();
  });

  const begin = async (...configured: ScriptedApi['configured']) => {
    api.configured = configured;
    await model.load();
    asked.mockClear();
  };
  const pass = async (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      jest.advanceTimersByTime(1000);
      await settled();
    }
  };
  const inSeconds = (seconds: number) =>
    new Date(Date.now() + seconds * 1000).toISOString();

  it('are not asked about while they do', async () => {
    await begin(instance('escape'), expired('other'));
    await pass(60 * MINUTE_S);
    watch.wake();
    await settled();
    expect(asked).not.toHaveBeenCalled();
  });

  it('are looked at until there are fresh ones, less and less often, as nobody’s sign of life', async () => {
    await begin(expired('sso'));
    await pass(5 * MINUTE_S);
    expect(asked.mock.calls.length).toBeGreaterThan(5);
    expect(asked.mock.calls.length).toBeLessThan(60);
    expect(new Set(asked.mock.calls.map(([one]) => one))).toEqual(
      new Set([true])
    );
    api.configured = [instance('sso')];
    await pass(31);
    expect(signedIn.mock.calls).toEqual([['sso']]);
    asked.mockClear();
    await pass(5 * MINUTE_S);
    expect(asked).not.toHaveBeenCalled();
  });

  it('are looked at when somebody comes back, and not while nobody sees it', async () => {
    await begin(expired('sso'));
    isHidden.mockReturnValue('hidden');
    watch.wake();
    await settled();
    expect(asked).not.toHaveBeenCalled();
    isHidden.mockReturnValue('visible');
    api.configured = [instance('sso')];
    watch.wake();
    watch.wake();
    await settled();
    expect(asked).toHaveBeenCalledTimes(1);
    expect(model.connection('sso')).toBe('connected');
  });

  it('turn to expired when their time is over, with nothing clicked', async () => {
    const end = inSeconds(30 * MINUTE_S);
    await begin(instance('sso', { credentials_expires_at: end }));
    await pass(19 * MINUTE_S);
    expect(asked).not.toHaveBeenCalled();
    await pass(10.5 * MINUTE_S);
    expect(model.connection('sso')).toBe('connected');
    api.configured = [expired('sso')];
    await pass(MINUTE_S);
    expect(model.connection('sso')).toBe('expired');
  });

  it('are known to have been renewed before they ended', async () => {
    const end = inSeconds(9 * MINUTE_S);
    await begin(instance('sso', { credentials_expires_at: end }));
    const later = inSeconds(60 * MINUTE_S);
    api.configured = [instance('sso', { credentials_expires_at: later })];
    await pass(MINUTE_S + 1);
    expect(model.active?.credentials_expires_at).toBe(later);
  });

  it('are the server’s to judge where its clock is another', async () => {
    const past = inSeconds(-MINUTE_S);
    await begin(instance('sso', { credentials_expires_at: past }));
    await pass(MINUTE_S);
    expect(asked).toHaveBeenCalled();
    expect(model.connection('sso')).toBe('connected');
  });

  it('of another instance are waited for where something was asked of it', async () => {
    await begin(instance('escape'), instance('sso'));
    api.configured = [instance('escape'), expired('sso')];
    model.report('sso', fault('not_authenticated'));
    await settled();
    api.configured = [instance('escape'), instance('sso')];
    await pass(31);
    expect(signedIn.mock.calls).toEqual([['sso']]);
  });

  it('may end in a year, for which no timer is long enough', async () => {
    const end = inSeconds(365 * 24 * 3600);
    await begin(instance('escape', { credentials_expires_at: end }));
    await pass(10);
    expect(asked).not.toHaveBeenCalled();
  });

  it('wait for a server that was away, and for a configuration that is fetched', async () => {
    api.helloFault = fault('jupyter_unreachable');
    await model.load();
    expect(model.phase).toBe('failed');
    api.helloFault = null;
    api.configured = [
      instance('escape', {
        authenticated: false,
        problem: fault('configuration_pending').toBody()
      })
    ];
    await pass(31);
    expect(model.phase).toBe('ready');
    expect(model.connection('escape')).toBe('misconfigured');
    api.configured = [instance('escape')];
    await pass(31);
    expect(model.connection('escape')).toBe('connected');
  });
});
