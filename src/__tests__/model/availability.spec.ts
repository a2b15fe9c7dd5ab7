import { AVAILABILITY_EVENT } from '../../api/types';
import { AvailabilityModel } from '../../model/availability';
import { InstancesModel } from '../../model/instances';
import { MovesModel } from '../../model/moves';
import {
  availability,
  fault,
  instance,
  ScriptedApi,
  settled
} from '../scripted';
import { uploadJob } from '../uploading';

describe('availability', () => {
  let api: ScriptedApi;
  let instances: InstancesModel;
  let model: AvailabilityModel;

  beforeEach(async () => {
    jest.useFakeTimers();
    api = new ScriptedApi();
    instances = new InstancesModel({ api });
    await instances.load();
    model = new AvailabilityModel({ api, instances });
  });

  afterEach(() => {
    model.dispose();
    jest.useRealTimers();
  });

  const state = (did: string) => model.get('escape', did)?.state;
  const event = (did: string, what: 'available' | 'stuck' | 'replicating') =>
    model.handleEvent({
      schema_id: AVAILABILITY_EVENT,
      instance: 'escape',
      ...availability(did, what)
    } as { schema_id: string });
  /** Watches, and answers the request that follows. */
  const know = async (did: string, what: 'available' | 'not_available') => {
    const watch = model.watch('escape', [did]);
    jest.advanceTimersByTime(100);
    await api.asked[api.asked.length - 1].answer.give([
      availability(did, what)
    ]);
    return watch;
  };

  it('of all rows in view is asked for in one request', async () => {
    model.watch('escape', ['demo:a', 'demo:b']);
    model.watch('escape', ['demo:b', 'demo:c']);
    jest.advanceTimersByTime(100);
    expect(api.asked.map(one => one.dids)).toEqual([
      ['demo:a', 'demo:b', 'demo:c']
    ]);
    const changed = jest.fn();
    model.changed.connect(changed);
    await api.asked[0].answer.give([
      availability('demo:a', 'available'),
      availability('demo:b', 'empty'),
      availability('demo:c', 'not_available')
    ]);
    expect(['demo:a', 'demo:b', 'demo:c'].map(state)).toEqual([
      'available',
      'empty',
      'not_available'
    ]);
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it('is shown row by row as the server finds out, in whatever order', async () => {
    model.watch('escape', ['demo:slow', 'demo:quick']);
    jest.advanceTimersByTime(100);
    const { stream } = api.asked[0];
    await stream.send([availability('demo:quick', 'available')]);
    expect(state('demo:quick')).toBe('available');
    expect(state('demo:slow')).toBeUndefined();
    await stream.send([availability('demo:slow', 'empty')]);
    await stream.end();
    expect(state('demo:slow')).toBe('empty');
  });

  it('of the rows that a cut answer did not reach is unknown, of the others known', async () => {
    model.watch('escape', ['demo:a', 'demo:b']);
    jest.advanceTimersByTime(100);
    await api.asked[0].stream.send([availability('demo:a', 'available')]);
    await api.asked[0].stream.fail(fault('stream_cut'));
    expect(model.entry('escape', 'demo:a')?.error).toBeNull();
    expect(model.entry('escape', 'demo:b')?.error?.code).toBe('stream_cut');
  });

  it('is not asked for again when a row comes back into view soon', async () => {
    (await know('demo:a', 'available')).dispose();
    model.watch('escape', ['demo:a']);
    jest.advanceTimersByTime(100);
    expect(api.asked).toHaveLength(1);
  });

  it('of rows that were scrolled past is not asked for', () => {
    model.watch('escape', ['demo:a']).dispose();
    jest.advanceTimersByTime(100);
    expect(api.asked).toHaveLength(0);
  });

  it('is asked for in pieces that fit into a request line', () => {
    const names = Array.from(
      { length: 60 },
      (_, i) => `demo:${'x'.repeat(200)}${i}`
    );
    model.watch('escape', names);
    jest.advanceTimersByTime(100);
    expect(api.asked.length).toBeGreaterThan(1);
    expect(api.asked.flatMap(one => one.dids)).toEqual(names);
  });

  it('moves at once when it is made available, and follows the events', async () => {
    await know('demo:a', 'not_available');
    const done = model.makeAvailable('escape', { did: 'demo:a' });
    expect(state('demo:a')).toBe('replicating');
    expect(model.entry('escape', 'demo:a')?.pending).toBe(true);
    await api.made[0].answer.give(availability('demo:a', 'replicating'));
    await done;
    expect(model.entry('escape', 'demo:a')?.pending).toBe(false);
    event('demo:a', 'available');
    expect(state('demo:a')).toBe('available');
  });

  it('goes back to what it was when Rucio refuses, and says why', async () => {
    await know('demo:a', 'not_available');
    const done = model.makeAvailable('escape', { did: 'demo:a' });
    done.catch(() => undefined);
    await api.made[0].answer.refuse(
      fault('quota_exceeded', 'There is no quota left.')
    );
    await expect(done).rejects.toMatchObject({ code: 'quota_exceeded' });
    expect(state('demo:a')).toBe('not_available');
    expect(model.entry('escape', 'demo:a')?.error?.message).toBe(
      'There is no quota left.'
    );
    // The refusal is still to be read after the next look at it.
    model.refresh();
    jest.advanceTimersByTime(100);
    await api.asked[1].answer.give([availability('demo:a', 'not_available')]);
    expect(model.entry('escape', 'demo:a')?.error).not.toBeNull();
  });

  it('of several moves at once where it is downloaded, in one job', async () => {
    api.configured = [instance('escape', { mode: 'download' })];
    await instances.refresh();
    await know('demo:a', 'not_available');
    const request = { dids: ['demo:a', 'demo:b'], parent: 'demo:all' };
    const done = model.download('escape', request);
    expect(state('demo:a')).toBe('replicating');
    expect(api.downloads.map(one => one.request)).toEqual([request]);
    await api.downloads[0].answer.give(uploadJob('job-7'));
    expect((await done).id).toBe('job-7');
    expect(model.entry('escape', 'demo:b')?.pending).toBe(false);
    // How it stands the server knows better.
    jest.advanceTimersByTime(100);
    expect(api.asked[1].dids).toEqual(['demo:a']);
  });

  it('of what is not downloaded goes back, with the reason in each row', async () => {
    api.configured = [instance('escape', { mode: 'download' })];
    await instances.refresh();
    await know('demo:a', 'not_available');
    const done = model.download('escape', { dids: ['demo:a'] });
    done.catch(() => undefined);
    await api.downloads[0].answer.refuse(fault('disk_full', 'No room.'));
    await expect(done).rejects.toMatchObject({ code: 'disk_full' });
    expect(state('demo:a')).toBe('not_available');
    expect(model.entry('escape', 'demo:a')).toMatchObject({
      isRefused: true,
      error: { message: 'No room.' }
    });
  });

  it('at a mount says nothing of a download beside it', async () => {
    await know('demo:a', 'not_available');
    void model.download('escape', { dids: ['demo:a'] });
    expect(state('demo:a')).toBe('not_available');
    expect(model.entry('escape', 'demo:a')?.pending).toBe(false);
  });

  it('is not set back by an answer from before the click', async () => {
    await know('demo:a', 'not_available');
    model.refresh();
    jest.advanceTimersByTime(100);
    const done = model.makeAvailable('escape', { did: 'demo:a' });
    await api.made[0].answer.give(availability('demo:a', 'replicating'));
    await done;
    await api.asked[1].answer.give([availability('demo:a', 'not_available')]);
    expect(state('demo:a')).toBe('replicating');
  });

  it('of what depends on something that moved is asked for again, not more often than needed', async () => {
    await know('demo:file', 'not_available');
    await know('demo:dataset', 'not_available');
    event('demo:dataset', 'replicating');
    event('demo:dataset', 'replicating');
    event('demo:dataset', 'available');
    jest.advanceTimersByTime(3000);
    expect(api.asked.slice(2).map(one => one.dids)).toEqual([['demo:file']]);
  });

  it('is asked for when events stay away from something that moves', async () => {
    await know('demo:a', 'not_available');
    event('demo:a', 'replicating');
    jest.advanceTimersByTime(61_000);
    expect(api.asked.length).toBeGreaterThan(1);
    expect(api.asked[1].dids).toEqual(['demo:a']);
  });

  it('that could not be learnt says so, and is learnt later', async () => {
    model.watch('escape', ['demo:a']);
    jest.advanceTimersByTime(100);
    await api.asked[0].answer.refuse(fault('rucio_unreachable'));
    expect(state('demo:a')).toBeUndefined();
    expect(model.entry('escape', 'demo:a')?.error?.code).toBe(
      'rucio_unreachable'
    );
    expect(instances.connection('escape')).toBe('unreachable');
    model.refresh();
    jest.advanceTimersByTime(100);
    await api.asked[1].answer.give([availability('demo:a', 'available')]);
    expect(model.entry('escape', 'demo:a')?.error).toBeNull();
    expect(instances.connection('escape')).toBe('connected');
  });

  it('keeps the last word while Rucio stays away, and comes back by itself', async () => {
    await know('demo:a', 'available');
    model.refresh();
    jest.advanceTimersByTime(100);
    await api.asked[1].answer.refuse(fault('rucio_unreachable'));
    expect(state('demo:a')).toBe('available');
    expect(model.entry('escape', 'demo:a')?.error).not.toBeNull();
    expect(instances.connection('escape')).toBe('unreachable');

    jest.advanceTimersByTime(2100);
    await settled();
    await api.asked[2].answer.refuse(fault('rucio_unreachable'));
    jest.advanceTimersByTime(10_000);
    await settled();
    await api.asked[3].answer.give([availability('demo:a', 'stuck')]);
    expect(state('demo:a')).toBe('stuck');
    expect(model.entry('escape', 'demo:a')?.error).toBeNull();
    expect(instances.connection('escape')).toBe('connected');
    const asked = api.asked.length;
    jest.advanceTimersByTime(20_000);
    await settled();
    expect(api.asked).toHaveLength(asked);
  });

  it('keeps the last word where the server could not learn another', async () => {
    await know('demo:a', 'available');
    model.refresh();
    jest.advanceTimersByTime(100);
    await api.asked[1].answer.give([
      availability('demo:a', 'unknown', {
        message: 'Rucio is down.',
        rse: null
      })
    ]);
    expect(state('demo:a')).toBe('available');
    expect(model.entry('escape', 'demo:a')?.error?.message).toBe(
      'Rucio is down.'
    );
    expect(instances.connection('escape')).toBe('unreachable');
  });

  it('keeps the last word when an event only says that there is no other', async () => {
    const at = (seconds: number) => ({
      updated_at: new Date(1e12 + seconds * 1000).toISOString()
    });
    const tell = (what: 'replicating' | 'unknown', seconds: number) =>
      model.handleEvent({
        schema_id: AVAILABILITY_EVENT,
        instance: 'escape',
        ...availability('demo:a', what, at(seconds))
      } as { schema_id: string });
    model.watch('escape', ['demo:a']);
    tell('replicating', 10);
    tell('unknown', 10);
    expect(state('demo:a')).toBe('replicating');
    expect(model.entry('escape', 'demo:a')?.error).not.toBeNull();
    tell('replicating', 20);
    expect(model.entry('escape', 'demo:a')?.error).toBeNull();
    // What cannot be read where it is, is a word.
    tell('unknown', 30);
    expect(state('demo:a')).toBe('unknown');
  });

  it('calls nothing refused of which Rucio said nothing', async () => {
    await know('demo:a', 'not_available');
    const done = model.makeAvailable('escape', { did: 'demo:a' });
    done.catch(() => undefined);
    await api.made[0].answer.refuse(fault('rucio_unreachable'));
    await expect(done).rejects.toMatchObject({ code: 'rucio_unreachable' });
    expect(model.entry('escape', 'demo:a')?.isRefused).toBe(false);
    jest.advanceTimersByTime(2100);
    await settled();
    // The rule was made all the same.
    await api.asked[1].answer.give([availability('demo:a', 'replicating')]);
    expect(state('demo:a')).toBe('replicating');
  });

  it('of who has signed out is forgotten, also when the answer comes late', async () => {
    await know('demo:a', 'available');
    model.refresh();
    jest.advanceTimersByTime(100);
    await instances.signOut('escape');
    await api.asked[1].answer.give([availability('demo:a', 'available')]);
    expect(state('demo:a')).toBeUndefined();
  });

  it('takes an event for the sign that Rucio is back', async () => {
    await know('demo:a', 'not_available');
    instances.report('escape', fault('rucio_busy'));
    expect(instances.connection('escape')).toBe('slow');
    event('demo:a', 'available');
    expect(instances.connection('escape')).toBe('connected');
  });

  it('leaves the events of others alone', () => {
    expect(() => model.handleEvent({ schema_id: 'somebody' })).not.toThrow();
  });

  it.each(['available', 'stuck'] as const)(
    'tells once that what was asked for is %s',
    async end => {
      const moves = new MovesModel(model);
      const ended = jest.fn();
      moves.ended.connect((_, move) => ended(move.did, move.state));
      const done = model.makeAvailable('escape', { did: 'demo:a' });
      await api.made[0].answer.give(availability('demo:a', 'replicating'));
      await done;
      await settled();
      event('demo:a', 'replicating');
      expect(ended).not.toHaveBeenCalled();
      event('demo:a', end);
      event('demo:a', end);
      expect(ended.mock.calls).toEqual([['demo:a', end]]);
    }
  );
});
