import { InstancesModel } from '../../model/instances';
import { ScopesModel } from '../../model/scopes';
import { atOnce, fault, ScriptedApi, settled } from '../scripted';

describe('completing scopes', () => {
  let api: ScriptedApi;
  let instances: InstancesModel;
  let scopes: ScopesModel;

  beforeEach(async () => {
    api = new ScriptedApi();
    instances = new InstancesModel({ api });
    await instances.load();
    scopes = new ScopesModel({ api, instances, frames: atOnce });
  });

  afterEach(() => {
    scopes.dispose();
    instances.dispose();
  });

  const send = (...names: string[]) =>
    api.scopeLists[api.scopeLists.length - 1].send(
      names.map(scope => ({ scope }))
    );

  it('offers what contains the text as the list arrives, its beginning before its middle', async () => {
    scopes.load();
    await send('cms', 'user.bob', 'mc_demo');
    expect(scopes.matches('DEMO', 10)).toEqual({
      scopes: ['mc_demo'],
      more: 0
    });
    await send('demo', 'demo.old');
    expect(scopes.matches('demo', 10).scopes).toEqual([
      'demo',
      'demo.old',
      'mc_demo'
    ]);
  });

  it('comes to who types before the instances are known', async () => {
    const early = new InstancesModel({ api });
    const model = new ScopesModel({ api, instances: early, frames: atOnce });
    model.load();
    expect(api.scopeLists).toHaveLength(0);
    await early.load();
    expect(api.scopeLists).toHaveLength(1);
    await send('demo');
    expect(model.matches('de', 10).scopes).toEqual(['demo']);
    model.dispose();
    early.dispose();
  });

  it("puts the user's own scope first", async () => {
    scopes.load();
    await send('use_cases', 'user.aaron', 'user.alice', 'muser');
    expect(scopes.matches('use', 10).scopes).toEqual([
      'user.alice',
      'use_cases',
      'user.aaron',
      'muser'
    ]);
  });

  it('offers no more than can be read, and says how many there are', async () => {
    scopes.load();
    await send(...Array.from({ length: 10_000 }, (_, i) => `scope${i}`));
    const { scopes: found, more } = scopes.matches('scope', 50);
    expect(found).toHaveLength(50);
    expect(more).toBe(9_950);
  });

  it('asks once for each instance, and again after signing out', async () => {
    scopes.load();
    scopes.load();
    await send('demo');
    await api.scopeLists[0].end();
    scopes.load();
    expect(api.scopeLists).toHaveLength(1);
    instances.setActive('other');
    expect(scopes.matches('d', 9).scopes).toEqual([]);
    scopes.load();
    expect(api.scopeLists).toHaveLength(2);
    instances.setActive('escape');
    expect(scopes.matches('d', 9).scopes).toEqual(['demo']);
    await instances.signOut('escape');
    expect(scopes.matches('d', 9).scopes).toEqual([]);
    scopes.load();
    expect(api.scopeLists).toHaveLength(3);
  });

  it('tries a list that failed again, and keeps quiet about it', async () => {
    scopes.load();
    await api.scopeLists[0].fail(fault('rucio_unreachable'));
    expect(instances.problem('escape')).toBeNull();
    scopes.load();
    await send('demo');
    expect(scopes.matches('dem', 9).scopes).toEqual(['demo']);
  });

  it('gives up with the panel', async () => {
    scopes.load();
    scopes.dispose();
    expect(api.scopeLists[0].signal?.aborted).toBe(true);
    await settled();
  });

  it('has nothing to offer where no instance is active', async () => {
    api.configured = [];
    await instances.refresh();
    scopes.load();
    expect(api.scopeLists).toHaveLength(0);
    expect(scopes.matches('', 9)).toEqual({ scopes: [], more: 0 });
  });
});
