import { ApiError } from '../../api/errors';
import { InstancesModel } from '../../model/instances';
import { SearchModel } from '../../model/search';
import type { DidRow } from '../../model/rows';
import {
  atOnce,
  expired,
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

  it('waits for the instances where it was begun before they are known', async () => {
    const late = new InstancesModel({ api });
    const early = new SearchModel({ api, instances: late, frames: atOnce });
    void early.search('demo:dimuon');
    await settled();
    expect(api.searches).toHaveLength(1);
    await api.searches[0].stream.send(files(2));
    expect(early.count).toBe(2);
    early.dispose();
    late.dispose();
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

  it('shows nothing of one instance in another, however late its answers come', async () => {
    const late = await begin('demo:');
    await late.send([item('demo:a', 'container')]);
    const row = search.tree.at(0) as DidRow;
    void search.tree.expand(row);
    await settled();
    const lateChildren = api.opened[0].stream;
    search.tree.setNameFilter('a');

    instances.setActive('other');
    expect(lateChildren.signal?.aborted).toBe(true);
    const other = await begin('demo:');
    await other.send([item('demo:b')]);
    await late.send([item('demo:a2')]);
    await lateChildren.send([item('demo:a3')]);
    expect(dids()).toEqual(['demo:b']);
    expect(search.instance).toBe('other');
    expect(search.count).toBe(1);

    // What goes wrong late says nothing of the instance that is shown, nor of its own.
    await late.fail(fault('rucio_unreachable'));
    await lateChildren.fail(fault('rucio_unreachable'));
    expect(search.phase).toBe('running');
    expect(instances.connection('other')).toBe('connected');
    await other.end();
    expect(search.history.of('other')).toHaveLength(1);

    instances.setActive('escape');
    expect(dids()).toEqual([]);
    const again = await begin('demo:');
    await other.send([item('demo:b2')]);
    await again.send([item('demo:a')]);
    expect(dids()).toEqual(['demo:a']);
    expect(search.instance).toBe('escape');
  });

  it('goes on by itself once a fresh token has arrived', async () => {
    const stream = await begin('demo:');
    api.configured = [expired('escape')];
    await stream.fail(fault('not_authenticated'));
    expect(instances.connection('escape')).toBe('expired');
    api.configured = [instance('escape')];
    await instances.look();
    await settled();
    expect(api.searches).toHaveLength(2);
    await api.searches[1].stream.send(files(1));
    expect(dids()).toEqual(['demo:f0']);
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

  it('finds the identifier in what was copied along with it', async () => {
    await begin(' "rucio://demo:dimuon_2021", ');
    expect(api.searches[0].query).toMatchObject({
      scope: 'demo',
      name: 'dimuon_2021'
    });
    expect(search.text).toBe('demo:dimuon_2021');
  });

  it('keeps the filters while the text changes, and sends them in the form of Rucio', async () => {
    search.conditions.change(0, 0, {
      key: 'run_number',
      operator: 'gte',
      value: '100'
    });
    await begin('demo:a');
    await begin('demo:b');
    expect(api.searches.map(one => one.query.filters)).toEqual([
      [{ 'run_number.gte': 100 }],
      [{ 'run_number.gte': 100 }]
    ]);
    expect(search.isOutdated).toBe(false);
    search.conditions.clear();
    expect(search.isOutdated).toBe(true);
    await begin('demo:b');
    expect(api.searches[2].query.filters).toBeUndefined();
  });

  it('asks nobody while a filter cannot be said, and shows which', async () => {
    search.conditions.change(0, 0, { key: 'run_number' });
    await begin('demo:');
    expect(search.problem).toBe('filters');
    expect(search.conditions.isOpen).toBe(true);
    expect(api.searches).toHaveLength(0);
  });

  it('opens the filters when the server has something against them', async () => {
    search.conditions.change(0, 0, { key: 'a', value: 'b' });
    const stream = await begin('demo:');
    await stream.fail(fault('filter_failed', 'Rucio could not.'));
    expect(search.conditions.isOpen).toBe(true);
    expect(search.isRepeating).toBe(false);
  });

  it('searches inside a container, until something else is searched for', async () => {
    void search.search('', { inside: 'demo:archive' });
    await settled();
    expect(api.searches[0].query).toMatchObject({
      scope: 'demo',
      name: 'archive',
      recursive: true
    });
    void search.search('', { type: 'file' });
    await settled();
    expect(api.searches[1].query).toMatchObject({
      name: 'archive',
      type: 'file',
      recursive: true
    });
    await begin('demo:x');
    expect(search.inside).toBeNull();
    expect(api.searches[2].query.recursive).toBeUndefined();
    void search.search('', { inside: 'demo:archive' });
    await settled();
    void search.search('', { inside: null });
    await settled();
    expect(search.phase).toBe('idle');
    expect(api.searches).toHaveLength(4);
  });

  it('lists at most as many as are wanted, and all of them when asked to', async () => {
    search.dispose();
    search = new SearchModel({
      api,
      instances,
      frames: atOnce,
      limit: () => 2
    });
    const stream = await begin('demo:');
    expect(api.searches[0].query.limit).toBe(2);
    await stream.send(files(2));
    await stream.end(true);
    void search.again({ isUnlimited: true });
    await settled();
    expect(api.searches[1].query.limit).toBeUndefined();
    void search.again();
    await settled();
    expect(api.searches[2].query.limit).toBe(2);
  });

  it('remembers what found something or ended well, with all that it was', async () => {
    const texts = () => search.history.of('escape').map(one => one.text);
    await (await begin('demo:wrong')).fail(fault('unknown_scope'));
    expect(texts()).toEqual([]);
    search.conditions.change(0, 0, { key: 'a', value: 'b' });
    const stream = await begin('demo:right');
    await stream.send(files(1));
    // Written after the search began, so no part of it.
    search.conditions.change(0, 0, { value: 'c' });
    search.stop();
    expect(texts()).toEqual(['demo:right']);
    search.conditions.clear();
    void search.recall(search.history.of('escape')[0]);
    await settled();
    expect(api.searches[2].query).toMatchObject({
      name: 'right',
      filters: [{ a: 'b' }]
    });
  });

  it('forgets the text of the row filter with the rows, but not when they come again', async () => {
    await begin('demo:');
    search.tree.setNameFilter('f1');
    void search.again();
    await settled();
    expect(search.tree.nameFilter).toBe('f1');
    await begin('demo:other');
    expect(search.tree.nameFilter).toBe('');
  });

  it('gives up all that is on its way with the panel', async () => {
    const stream = await begin('demo:');
    search.scopes.load();
    search.dispose();
    expect(stream.signal?.aborted).toBe(true);
    expect(api.scopeLists[0].signal?.aborted).toBe(true);
  });

  describe('when Rucio is away for a while', () => {
    beforeEach(() => {
      jest.useFakeTimers({ doNotFake: ['queueMicrotask'] });
    });
    afterEach(() => {
      jest.useRealTimers();
    });
    const pass = async (ms: number) => {
      for (let i = 0; i < ms; i += 500) {
        jest.advanceTimersByTime(500);
        await settled();
      }
    };

    it('goes on by itself, with the rows that it had', async () => {
      const stream = await begin('demo:');
      await stream.send(files(2));
      await stream.fail(fault('rucio_unreachable'));
      expect(search.phase).toBe('failed');
      expect(search.isRepeating).toBe(true);
      await pass(4000);
      expect(api.searches).toHaveLength(2);
      expect(api.searches.map(({ query }) => query.isUnattended)).toEqual([
        false,
        true
      ]);
      await api.searches[1].stream.fail(fault('rucio_unreachable'));
      expect(dids()).toHaveLength(2);
      await pass(10_000);
      expect(api.searches).toHaveLength(3);
      await api.searches[2].stream.send(files(3));
      await api.searches[2].stream.end();
      expect(dids()).toEqual(['demo:f0', 'demo:f1', 'demo:f2']);
      expect(search.count).toBe(3);
      expect(search.phase).toBe('done');
      expect(search.error).toBeNull();
      expect(search.isRepeating).toBe(false);
      await pass(60_000);
      expect(api.searches).toHaveLength(3);
    });

    it('does not when something else is searched for, or the question was wrong', async () => {
      await (await begin('demo:')).fail(fault('rucio_unreachable'));
      await begin('demo:other');
      await pass(10_000);
      expect(api.searches).toHaveLength(2);
      await api.searches[1].stream.fail(
        new ApiError(404, fault('unknown_scope').toBody())
      );
      await pass(60_000);
      expect(api.searches).toHaveLength(2);
    });
  });
});
