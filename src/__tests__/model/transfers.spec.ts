import {
  AVAILABILITY_EVENT,
  type IAvailability,
  type IRule
} from '../../api/types';
import { AvailabilityModel } from '../../model/availability';
import { InstancesModel } from '../../model/instances';
import { JobsModel } from '../../model/jobs';
import { MovingRulesModel } from '../../model/movingRules';
import { totalOf, type Transfer, TransfersModel } from '../../model/transfers';
import { TransferSelection } from '../../widgets/transferSelection';
import { rule } from '../described';
import { availability, job, ScriptedApi, settled } from '../scripted';

describe('the transfers', () => {
  let api: ScriptedApi;
  let availabilities: AvailabilityModel;
  let jobs: JobsModel;
  let instances: InstancesModel;
  let rules: MovingRulesModel;
  let model: TransfersModel;

  const titles = (transfers: readonly Transfer[] = model.shown) =>
    transfers.map(one => (one.kind === 'rule' ? one.did : one.id));
  /** A rule was asked about or told of. */
  const learn = (value: IAvailability) => {
    availabilities.watch('escape', [value.did]);
    availabilities.handleEvent({
      schema_id: AVAILABILITY_EVENT,
      instance: 'escape',
      ...value
    } as { schema_id: string });
  };
  const moving = (did: string, more: Partial<IAvailability> = {}) =>
    availability(did, 'replicating', {
      rule: rule('r1', { did }),
      bytes_available: 600,
      ...more
    });

  const listed = (id: string, more: Partial<IRule> = {}) =>
    rule(id, {
      state: 'REPLICATING',
      locks_ok: 1,
      locks_replicating: 2,
      created_at: '2026-01-31T12:00:00Z',
      ...more
    });

  beforeEach(async () => {
    jest.useFakeTimers({ now: Date.parse('2026-01-31T13:00:00Z') });
    api = new ScriptedApi();
    instances = new InstancesModel({ api });
    await instances.load();
    availabilities = new AvailabilityModel({ api, instances });
    jobs = new JobsModel({ api });
    rules = new MovingRulesModel({ api, instances });
    model = new TransfersModel({
      jobs,
      availability: availabilities,
      rules
    });
  });

  afterEach(() => {
    model.dispose();
    rules.dispose();
    jobs.dispose();
    availabilities.dispose();
    jest.useRealTimers();
  });

  const load = async () => {
    api.jobItems = [
      job('failed', { state: 'failed', ended_at: '2026-01-31T12:30:00Z' }),
      job('done', { state: 'done', ended_at: '2026-01-31T12:40:00Z' }),
      job('waiting', { state: 'queued', kind: 'upload', bytes_done: 0 }),
      job('running')
    ];
    await jobs.load();
  };

  it('stand with what moves first, then what waits, then what ended last', async () => {
    await load();
    learn(moving('demo:rule'));
    expect(titles()).toEqual([
      'demo:rule',
      'running',
      'waiting',
      'done',
      'failed'
    ]);
  });

  it('can be narrowed down by kind and state', async () => {
    await load();
    learn(moving('demo:rule'));
    learn(availability('demo:stuck', 'stuck', { rule: rule('r2') }));
    model.setKind('rule');
    expect(titles().sort()).toEqual(['demo:rule', 'demo:stuck']);
    model.setKind('upload');
    expect(titles()).toEqual(['waiting']);
    model.setKind('all');
    model.setState('trouble');
    expect(titles()).toEqual(['demo:stuck', 'failed']);
    model.setState('ended');
    expect(titles()).toEqual(['done']);
  });

  it('have the dataset whose rule moves, and not each file that was looked at', () => {
    learn(moving('demo:dataset'));
    learn(moving('demo:file', { rule: rule('r1', { via: 'demo:dataset' }) }));
    // What a download brings is there as the download.
    learn(moving('demo:downloaded', { rule: null, job_id: 'a' }));
    learn(availability('demo:here', 'available'));
    expect(titles()).toEqual(['demo:dataset']);
  });

  it('keep a rule that arrived, until the list is cleared', async () => {
    learn(moving('demo:rule'));
    expect(totalOf(model.all)).toEqual({ count: 1, fraction: 0.2 });
    learn(availability('demo:rule', 'available'));
    expect(titles()).toEqual(['demo:rule']);
    expect(totalOf(model.all).count).toBe(0);
    await model.clear();
    expect(titles()).toEqual([]);
    // There was no job, and so nothing to ask of the server.
    expect(api.clearedJobs).toEqual([]);
  });

  it('follow a rule when nobody else looks any more', async () => {
    const watch = availabilities.watch('escape', ['demo:rule']);
    await jest.advanceTimersByTimeAsync(100);
    await api.asked[0].answer.give([moving('demo:rule')]);
    watch.dispose();
    await jest.advanceTimersByTimeAsync(61_000);
    expect(api.asked.map(one => one.dids)).toContainEqual(['demo:rule']);
    expect(api.asked.length).toBeGreaterThan(1);
  });

  it('can be worked with before more is known of the DID than its rule says', async () => {
    api.moving.escape = [
      listed('r1', { did: 'demo:far', did_type: 'container' })
    ];
    rules.setSeen(true);
    await settled();
    const node = document.createElement('div');
    node.dataset.transfer = model.shown[0].id;
    const chosen = new TransferSelection(node, model, availabilities);
    node.dispatchEvent(new Event('contextmenu'));
    expect(chosen.selection()).toMatchObject({
      instance: 'escape',
      item: { did: 'demo:far', type: 'container', length: 3 }
    });
  });

  it('have a rule once that both the list and its DID tell of, with the bytes', async () => {
    api.moving.escape = [listed('r1', { did: 'demo:rule' })];
    rules.setSeen(true);
    await settled();
    const [before] = model.all;
    expect(before).toMatchObject({ isListed: true, did: 'demo:rule' });
    expect(totalOf(model.all)).toEqual({ count: 1, fraction: null });
    learn(moving('demo:rule'));
    const [after] = model.all;
    expect(model.all).toHaveLength(1);
    // The row stays the same, with what is unfolded of it.
    expect(after).toMatchObject({ isListed: false, id: before.id });
    expect(totalOf(model.all)).toEqual({ count: 1, fraction: 0.2 });
  });

  it('lose what has ended when it is cleared, also where the list is behind', async () => {
    api.moving.escape = [listed('r1', { did: 'demo:rule' })];
    rules.setSeen(true);
    await settled();
    learn(moving('demo:rule'));
    learn(availability('demo:rule', 'available'));
    await model.clear();
    expect(titles()).toEqual([]);
  });

  it('have of a rule to elsewhere that it arrived, and let it be cleared', async () => {
    api.moving.escape = [listed('r1', { did: 'demo:away' })];
    rules.setSeen(true);
    await settled();
    api.ruleItems = [listed('r1', { did: 'demo:away', state: 'OK' })];
    api.moving.escape = [];
    await rules.look();
    expect(titles()).toEqual(['demo:away']);
    expect(totalOf(model.all).count).toBe(0);
    await model.clear();
    expect(titles()).toEqual([]);
  });

  it('sum up what moves, as far as that is known', async () => {
    await load();
    // 1000 of 2000 and 0 of 2000 bytes.
    expect(totalOf(model.all)).toEqual({ count: 2, fraction: 0.25 });
    jobs.take(job('new', { state: 'queued', bytes_total: null }));
    await settled();
    expect(totalOf(model.all)).toEqual({ count: 3, fraction: null });
  });
});
