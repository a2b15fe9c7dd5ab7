import { InstancesModel } from '../../model/instances';
import { UploadModel } from '../../model/upload';
import { UploadMemory } from '../../model/uploadMemory';
import { uploadPlaces } from '../../model/uploadPlaces';
import { fault, instance, ScriptedApi, settled } from '../scripted';
import { planItem, uploadJob, uploadPlan } from '../uploading';

describe('an upload before it starts', () => {
  let api: ScriptedApi;
  let memory: UploadMemory;
  let model: UploadModel;

  const begin = async (paths = ['masses.csv'], lifetimeDays = 0) => {
    model = new UploadModel({
      api,
      instances: new InstancesModel({ api }),
      instance: instance('escape'),
      paths,
      memory,
      lifetimeDays
    });
    await model.recall();
    void model.begin();
    await settled();
  };
  /** Until nothing has been typed for a while. */
  const pause = async () => {
    jest.advanceTimersByTime(1000);
    await settled();
  };
  const asked = () => api.plannedUploads[api.plannedUploads.length - 1];
  const scopes = (...names: string[]) =>
    api.scopeLists[api.scopeLists.length - 1].send(
      names.map(scope => ({ scope }))
    );

  beforeEach(() => {
    jest.useFakeTimers();
    api = new ScriptedApi();
    api.storages = ['EULAKE-1', 'LUND-USERDISK'].map(rse => ({
      rse,
      deterministic: true,
      writable: true,
      mounted: false,
      mount_path: null
    }));
    api.quotas = [
      { rse: 'LUND-USERDISK', bytes_used: 0, bytes_limit: 10e9, files: 0 }
    ];
    memory = new UploadMemory();
  });
  afterEach(() => {
    model.dispose();
    jest.useRealTimers();
  });

  it('says what is missing, first things first, and asks nothing before', async () => {
    await begin([]);
    expect(model.obstacle).toEqual({ kind: 'missing', field: 'paths' });
    model.addPaths(['a.csv', 'a.csv']);
    expect(model.fields.paths).toEqual(['a.csv']);
    expect(model.obstacle).toEqual({ kind: 'missing', field: 'scope' });
    model.set({ scope: 'user.alice', rse: '' });
    expect(model.obstacle).toEqual({ kind: 'missing', field: 'rse' });
    model.set({ rse: 'EULAKE-1', dataset: 'user.alice:' });
    expect(model.obstacle).toEqual({ kind: 'missing', field: 'dataset' });
    model.set({ dataset: '', lifetime: 'days', days: '1.5' });
    expect(model.obstacle).toEqual({ kind: 'missing', field: 'days' });
    await pause();
    expect(api.plannedUploads).toEqual([]);
    model.set({ days: '2' });
    expect(model.obstacle).toEqual({ kind: 'asking' });
  });

  it('chooses the scope of the user’s own and the only RSE with a quota', async () => {
    await begin();
    await scopes('demo', 'group.alice.friends', 'user.alice');
    await pause();
    expect(model.fields.scope).toBe('user.alice');
    expect(model.fields.rse).toBe('LUND-USERDISK');
    expect(asked().request).toEqual({
      paths: ['masses.csv'],
      scope: 'user.alice',
      rse: 'LUND-USERDISK'
    });
  });

  it('asks once for what was typed, and forgets answers that were overtaken', async () => {
    await begin();
    await scopes('user.alice');
    await pause();
    const first = asked();
    model.set({ prefix: 'a' });
    model.set({ prefix: 'a.' });
    expect(first.signal?.aborted).toBe(true);
    await pause();
    expect(api.plannedUploads).toHaveLength(2);
    expect(asked().request.prefix).toBe('a.');
    await asked().answer.give(uploadPlan([planItem('a.masses.csv')]));
    await first.answer.give(uploadPlan([planItem('masses.csv')]));
    expect(model.plan?.items[0].name).toBe('a.masses.csv');
    expect(model.obstacle).toBeNull();
  });

  it('sends a dataset, a lifetime and proposed names as they are meant', async () => {
    await begin(['x y.csv'], 30);
    await scopes('user.alice');
    model.set({ dataset: 'results', usesProposals: true });
    await pause();
    expect(asked().request).toMatchObject({
      dataset: { scope: 'user.alice', name: 'results' },
      lifetime_days: 30,
      use_proposals: true
    });
    model.set({ dataset: 'group.higgs:all', lifetime: 'forever' });
    await pause();
    expect(asked().request).toMatchObject({
      dataset: { scope: 'group.higgs', name: 'all' },
      lifetime_days: null
    });
  });

  it('is one job however often it is started, and remembers the choice', async () => {
    await begin();
    await scopes('user.alice');
    await pause();
    await asked().answer.give(uploadPlan([planItem('masses.csv')]));
    const started = model.start();
    expect(await model.start()).toBeNull();
    expect(api.uploads).toHaveLength(1);
    await api.uploads[0].answer.give(uploadJob());
    expect((await started)?.id).toBe('job-1');
    expect(await memory.recall('escape')).toEqual({
      scope: 'user.alice',
      rse: 'LUND-USERDISK'
    });
  });

  it('keeps what was typed where the server refuses, and tries again under the same key', async () => {
    await begin();
    await scopes('user.alice');
    model.set({ prefix: 'kept.' });
    await pause();
    await asked().answer.give(uploadPlan([planItem('kept.masses.csv')]));
    const started = model.start();
    await api.uploads[0].answer.refuse(fault('rse_forbidden', 'You may not.'));
    expect(await started).toBeNull();
    expect(model.refusal?.message).toBe('You may not.');
    expect(model.fields.prefix).toBe('kept.');
    void model.start();
    const keys = api.uploads.map(({ request }) => request.idempotency_key);
    expect(keys[0]).toBeTruthy();
    expect(keys[1]).toBe(keys[0]);
    model.set({ prefix: 'other.' });
    expect(model.refusal).toBeNull();
  });

  it('does not start before it is known what would be made, and asks again', async () => {
    await begin();
    await scopes('user.alice');
    await pause();
    await asked().answer.refuse(fault('rucio_unreachable'));
    expect(model.obstacle).toMatchObject({ kind: 'unplanned' });
    expect(await model.start()).toBeNull();
    model.again();
    await pause();
    await asked().answer.give(
      uploadPlan([planItem('masses.csv', { status: 'conflict' })])
    );
    expect(model.obstacle).toMatchObject({ kind: 'planned' });
    expect(await model.start()).toBeNull();
    expect(api.uploads).toEqual([]);
  });

  it('begins anew with the scopes and RSEs of another instance', async () => {
    await begin();
    await scopes('user.alice');
    await pause();
    void model.setInstance(instance('other'));
    await settled();
    expect(model.fields.scope).toBe('');
    expect(model.plan).toBeNull();
    await scopes('user.alice');
    await pause();
    expect(asked().instance).toBe('other');
  });

  it('looks for datasets that begin as what is typed, once nothing more is', async () => {
    await begin();
    model.choices.lookForDatasets('res', 'user.alice');
    model.choices.lookForDatasets('resu', 'user.alice');
    await pause();
    expect(api.searches).toHaveLength(1);
    const { query, stream } = api.searches[0];
    expect(query).toMatchObject({ scope: 'user.alice', name: 'resu*' });
    await stream.send([
      {
        did: 'user.alice:results',
        scope: 'user.alice',
        name: 'results',
        type: 'dataset',
        size: null,
        length: null
      }
    ]);
    await stream.end();
    expect(model.choices.datasets).toEqual(['user.alice:results']);
  });
});

describe('the RSEs that an upload may go to', () => {
  const rse = (name: string, writable = true) => ({
    rse: name,
    deterministic: true,
    writable,
    mounted: false,
    mount_path: null
  });

  it('are those that can be written to and are no scratch, the user’s own first', () => {
    const scratch = [
      { rse: 'SCRATCH', mount_path: '/s', mounted: true, contents_path: null }
    ];
    const places = uploadPlaces(
      { scratch },
      [rse('B'), rse('A'), rse('OWN'), rse('SCRATCH'), rse('FULL', false)],
      [
        { rse: 'OWN', bytes_used: 4, bytes_limit: 10, files: 1 },
        { rse: 'A', bytes_used: 4, bytes_limit: null, files: 1 }
      ]
    );
    expect(places.map(place => place.rse)).toEqual(['OWN', 'A', 'B']);
    expect(places[0]).toMatchObject({ bytesLeft: 6, isOwn: true });
  });
});

describe('what is remembered of an upload', () => {
  it('is kept by instance, and what another version left is passed over', async () => {
    const kept: Record<string, unknown> = {
      'rucio-jupyterlab:upload': { escape: { scope: 's', rse: 'R' }, odd: 3 }
    };
    const state = {
      fetch: async (key: string) => kept[key],
      save: async (key: string, value: unknown) => {
        kept[key] = value;
      }
    };
    const memory = new UploadMemory(state as never);
    expect(await memory.recall('escape')).toEqual({ scope: 's', rse: 'R' });
    expect(await memory.recall('odd')).toBeNull();
    await memory.keep('other', { scope: 't', rse: 'Q' });
    expect(kept['rucio-jupyterlab:upload']).toEqual({
      escape: { scope: 's', rse: 'R' },
      other: { scope: 't', rse: 'Q' }
    });
  });
});
