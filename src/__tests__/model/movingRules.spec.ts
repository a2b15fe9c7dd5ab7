import type { IRule } from '../../api/types';
import { InstancesModel } from '../../model/instances';
import { MovingRulesModel } from '../../model/movingRules';
import { rule } from '../described';
import { fault, instance, ScriptedApi, settled } from '../scripted';

describe('the rules that move', () => {
  let api: ScriptedApi;
  let instances: InstancesModel;
  let model: MovingRulesModel;
  let visibility: jest.SpyInstance<DocumentVisibilityState, []>;

  const moving = (id: string, more: Partial<IRule> = {}) =>
    rule(id, { state: 'REPLICATING', locks_replicating: 2, ...more });
  const ids = () => model.all.map(one => one.rule.id);
  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  const asked = () => api.askedForMoving.length;

  beforeEach(async () => {
    jest.useFakeTimers({ now: Date.parse('2026-01-31T13:00:00Z') });
    visibility = jest.spyOn(document, 'visibilityState', 'get');
    visibility.mockReturnValue('visible');
    api = new ScriptedApi();
    api.configured = [
      instance('escape'),
      instance('out', { authenticated: false })
    ];
    instances = new InstancesModel({ api });
    await instances.load();
    model = new MovingRulesModel({ api, instances });
  });

  afterEach(() => {
    model.dispose();
    visibility.mockRestore();
    jest.useRealTimers();
  });

  it('are asked for while somebody looks, where somebody is signed in, and at no other time', async () => {
    await pass(120_000);
    model.lookSoon();
    await pass(2_000);
    expect(api.askedForMoving).toEqual([]);
    api.moving.escape = [moving('r1')];
    model.setSeen(true);
    expect(model.isLoading).toBe(true);
    await settled();
    expect(model.isLoading).toBe(false);
    expect(ids()).toEqual(['r1']);
    expect(api.askedForMoving).toEqual(['escape']);
    model.setSeen(false);
    await pass(110_000);
    expect(asked()).toBe(1);
    expect(ids()).toEqual(['r1']);
    // Nobody could say by now whether it still moves.
    await pass(20_000);
    expect(ids()).toEqual([]);
  });

  it('are asked for the less often the longer nothing changes, and at least once a minute', async () => {
    model.setSeen(true);
    await pass(600_000);
    const before = asked();
    expect(before).toBeLessThan(16);
    await pass(600_000);
    expect(asked() - before).toBe(10);
    api.moving.escape = [moving('r1')];
    await pass(60_000);
    const then = asked();
    expect(ids()).toEqual(['r1']);
    await pass(20_000);
    expect(asked()).toBe(then + 1);
  });

  it('are left alone while the page is hidden, and asked for when it is there again', async () => {
    model.setSeen(true);
    await settled();
    visibility.mockReturnValue('hidden');
    await pass(600_000);
    expect(asked()).toBe(1);
    visibility.mockReturnValue('visible');
    await model.look();
    expect(asked()).toBe(2);
  });

  it('are asked for once when several begin together', async () => {
    model.setSeen(true);
    await settled();
    model.lookSoon();
    await pass(500);
    model.lookSoon();
    await pass(1_500);
    expect(asked()).toBe(2);
  });

  it('are complete, move on or are gone when they are not listed any more', async () => {
    api.moving.escape = [moving('done'), moving('on'), moving('deleted')];
    model.setSeen(true);
    await settled();
    api.moving.escape = [];
    api.ruleItems = [rule('done'), moving('on', { locks_ok: 4 })];
    await model.look();
    expect(model.all.map(({ rule: { id }, endedAt }) => [id, endedAt])).toEqual(
      [
        ['done', Date.now()],
        ['on', null]
      ]
    );
    model.forget(new Set(['done']));
    expect(ids()).toEqual(['on']);
  });

  it('stay as they were known while they cannot be asked for, and that is said', async () => {
    api.moving.escape = [moving('r1')];
    model.setSeen(true);
    await settled();
    api.movingFault = fault('rucio_busy', 'Rucio is busy.');
    await model.look();
    expect(model.error?.message).toBe('Rucio is busy.');
    expect(ids()).toEqual(['r1']);
    api.movingFault = null;
    await pass(20_000);
    expect(model.error).toBeNull();
  });

  it('appear while another instance has not answered yet', async () => {
    api.configured = [instance('slow'), instance('escape')];
    await instances.refresh();
    api.silentOnMoving.add('slow');
    api.moving.escape = [moving('r1')];
    const seen: string[][] = [];
    model.changed.connect(() => seen.push(ids()));
    model.setSeen(true);
    await settled();
    expect(seen.pop()).toEqual(['r1']);
    expect(model.isLoading).toBe(true);
  });

  it('are still waited for when it is only now known who is signed in', async () => {
    const late = new InstancesModel({ api });
    const early = new MovingRulesModel({ api, instances: late });
    early.setSeen(true);
    await settled();
    api.silentOnMoving.add('escape');
    await late.load();
    expect(early.isLoading).toBe(true);
    early.dispose();
    late.dispose();
  });

  it('are those of who is signed in', async () => {
    api.moving = { escape: [moving('r1')], out: [moving('r2')] };
    model.setSeen(true);
    await settled();
    expect(ids()).toEqual(['r1']);
    api.configured = [
      instance('escape', { authenticated: false }),
      instance('out')
    ];
    await instances.refresh();
    await settled();
    expect(ids()).toEqual(['r2']);
  });

  it('are there once where two instances are of one Rucio', async () => {
    api.configured = [instance('escape'), instance('download')];
    await instances.refresh();
    api.moving = { escape: [moving('r1')], download: [moving('r1')] };
    model.setSeen(true);
    await settled();
    expect(model.all.map(one => one.instance)).toEqual(['escape']);
    model.forget(new Set(['r1']));
    expect(ids()).toEqual([]);
  });
});
