import { InstancesModel } from '../../model/instances';
import { SearchModel } from '../../model/search';
import {
  atOnce,
  fault,
  files,
  instance,
  item,
  ScriptedApi,
  settled
} from '../scripted';

describe('searching', () => {
  let api: ScriptedApi;
  let instances: InstancesModel;
  let search: SearchModel;

  beforeEach(async () => {
    api = new ScriptedApi();
    instances = new InstancesModel({ api });
    await instances.load();
    search = new SearchModel({ api, instances, frames: atOnce });
  });

  afterEach(() => {
    search.dispose();
    instances.dispose();
  });

  const dids = () =>
    Array.from({ length: search.tree.length }, (_, i) => {
      const row = search.tree.at(i)!;
      return row.kind === 'did' ? row.item.did : row.note;
    });
  const begin = async (text: string) => {
    void search.search(text);
    await settled();
    return api.searches[api.searches.length - 1]?.stream;
  };

  it('shows results in order as they arrive, counts them, and says when it is done', async () => {
    const stream = await begin('demo:dimuon');
    expect(search.phase).toBe('running');
    await stream.send(files(2));
    expect(dids()).toEqual(['demo:f0', 'demo:f1']);
    expect(search.count).toBe(2);
    await stream.send(files(1, 2));
    expect(search.count).toBe(3);
    await stream.end();
    expect(search.phase).toBe('done');
    expect(search.isTruncated).toBe(false);
    expect(api.searches[0].query).toMatchObject({
      scope: 'demo',
      name: 'dimuon',
      type: 'all'
    });
  });

  it('lists a whole scope for the scope alone, or with a lone star', async () => {
    await begin('demo:');
    await begin('demo:*');
    expect(api.searches.map(one => one.query.name)).toEqual(['', '']);
    expect(search.problem).toBeNull();
  });

  it('takes the first colon as the one that separates', async () => {
    await begin(' cms:/store/a:b ');
    expect(api.searches[0].query).toMatchObject({
      scope: 'cms',
      name: '/store/a:b'
    });
  });

  it('never lets a late answer replace a newer one', async () => {
    const older = await begin('demo:old');
    const newer = await begin('demo:new');
    expect(older.signal?.aborted).toBe(true);
    await newer.send([item('demo:new')]);
    await older.send([item('demo:old')]);
    await newer.end();
    await older.fail(fault('rucio_bad_answer'));
    expect(dids()).toEqual(['demo:new']);
    expect(search.phase).toBe('done');
    expect(search.error).toBeNull();
  });

  it('stops, and keeps what it has', async () => {
    const stream = await begin('demo:');
    await stream.send(files(2));
    search.stop();
    expect(stream.signal?.aborted).toBe(true);
    expect(search.phase).toBe('stopped');
    await stream.send(files(2, 2));
    expect(search.count).toBe(2);
    expect(dids()).toHaveLength(2);
  });

  it('keeps the rows when it breaks, says why, and can be tried again', async () => {
    const stream = await begin('demo:');
    await stream.send(files(2));
    await stream.fail(fault('stream_cut', 'It broke.'));
    expect(search.phase).toBe('failed');
    expect(search.error?.message).toBe('It broke.');
    expect(dids()).toHaveLength(2);
    void search.again();
    await settled();
    await api.searches[1].stream.send(files(3));
    await api.searches[1].stream.end();
    expect(dids()).toHaveLength(3);
    expect(search.error).toBeNull();
  });

  it('says when the list is cut', async () => {
    const stream = await begin('demo:');
    await stream.send(files(2));
    await stream.end(true);
    expect(search.isTruncated).toBe(true);
  });

  it.each([
    ['dimuon', 'no-colon'],
    [':dimuon', 'no-colon'],
    ['de*:dimuon', 'scope-wildcard'],
    ['demo:dim*', 'name-wildcard']
  ])(
    'explains what is wrong with %s and asks nobody',
    async (text, problem) => {
      await begin(text);
      expect(search.problem).toBe(problem);
      expect(api.searches).toHaveLength(0);
    }
  );

  it('allows wildcards where the instance does', async () => {
    api.configured = [instance('escape', { wildcard_enabled: true })];
    await instances.refresh();
    await begin('demo:dim*');
    expect(search.problem).toBeNull();
    expect(api.searches[0].query.name).toBe('dim*');
  });

  it('clears the rows of one instance when another is chosen', async () => {
    const stream = await begin('demo:');
    await stream.send(files(2));
    instances.setActive('other');
    expect(stream.signal?.aborted).toBe(true);
    expect(dids()).toEqual([]);
    expect(search.phase).toBe('idle');
  });

  it('goes on by itself once the user has signed in', async () => {
    const stream = await begin('demo:');
    await stream.fail(fault('not_authenticated'));
    expect(instances.connection('escape')).toBe('signed-out');
    const signIn = instances.signIn('escape', { type: 'userpass', params: {} });
    await api.signIns[0].answer.give();
    await signIn;
    await settled();
    expect(api.searches).toHaveLength(2);
    await api.searches[1].stream.send(files(1));
    expect(dids()).toEqual(['demo:f0']);
  });

  it('shows nothing any more of who has signed out', async () => {
    const stream = await begin('demo:');
    await stream.send(files(2));
    await stream.end();
    await instances.signOut('escape');
    expect(dids()).toEqual([]);
    expect(search.phase).toBe('idle');
  });

  it('says so when Rucio takes its time, and no longer once rows come', async () => {
    jest.useFakeTimers();
    try {
      const stream = await begin('demo:');
      jest.advanceTimersByTime(9000);
      expect(search.isSlow).toBe(true);
      await stream.send(files(1));
      expect(search.isSlow).toBe(false);
    } finally {
      jest.useRealTimers();
    }
  });
});
