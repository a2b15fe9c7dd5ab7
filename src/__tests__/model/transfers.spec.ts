import { StateDB } from '@jupyterlab/statedb';

import { AVAILABILITY_EVENT, type IAvailability } from '../../api/types';
import { AvailabilityModel } from '../../model/availability';
import { InstancesModel } from '../../model/instances';
import { JobsModel } from '../../model/jobs';
import { TransferMemory } from '../../model/transferMemory';
import { totalOf, type Transfer, TransfersModel } from '../../model/transfers';
import { rule } from '../described';
import { availability, job, ScriptedApi, settled } from '../scripted';

describe('the transfers', () => {
  let api: ScriptedApi;
  let availabilities: AvailabilityModel;
  let jobs: JobsModel;
  let instances: InstancesModel;
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

  beforeEach(async () => {
    jest.useFakeTimers({ now: Date.parse('2026-01-31T13:00:00Z') });
    api = new ScriptedApi();
    instances = new InstancesModel({ api });
    await instances.load();
    availabilities = new AvailabilityModel({ api, instances });
    jobs = new JobsModel({ api });
    model = new TransfersModel({ jobs, availability: availabilities });
  });

  afterEach(() => {
    model.dispose();
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

  it('are still followed on the page after this one, or have arrived by then', async () => {
    const state = new StateDB();
    await new TransferMemory(model, state).begin();
    learn(moving('demo:goes_on'));
    learn(moving('demo:arrives'));
    learn(moving('demo:ended'));
    await settled();

    const later = new AvailabilityModel({ api, instances });
    const next = new TransfersModel({ jobs, availability: later });
    await new TransferMemory(next, state).begin();
    await jest.advanceTimersByTimeAsync(100);
    const { dids, answer } = api.asked[api.asked.length - 1];
    expect(dids).toEqual(['demo:goes_on', 'demo:arrives', 'demo:ended']);
    await answer.give([
      moving('demo:goes_on'),
      availability('demo:arrives', 'available'),
      availability('demo:ended', 'not_available')
    ]);
    expect(titles(next.all)).toEqual(['demo:goes_on', 'demo:arrives']);
    await settled();
    expect(await state.fetch('rucio-jupyterlab:moving')).toEqual([
      { instance: 'escape', did: 'demo:goes_on' }
    ]);
    next.dispose();
    later.dispose();
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
