import { JOB_EVENT, type IJob } from '../../api/types';
import { JobsModel } from '../../model/jobs';
import { fault, job, ScriptedApi, settled } from '../scripted';

describe('the jobs', () => {
  let api: ScriptedApi;
  let model: JobsModel;
  let ended: string[];

  /** The server changes a job, and says so. */
  const tell = async (one: IJob, more: { removed?: boolean } = {}) => {
    api.jobItems = [one, ...api.jobItems.filter(({ id }) => id !== one.id)];
    model.handleEvent({ schema_id: JOB_EVENT, ...one, ...more } as never);
    await settled();
  };
  const states = () =>
    Object.fromEntries(
      model.entries.map(({ job: one }) => [one.id, one.state])
    );

  beforeEach(() => {
    jest.useFakeTimers();
    api = new ScriptedApi();
    model = new JobsModel({ api });
    ended = [];
    model.ended.connect((_, one) => ended.push(`${one.id} ${one.state}`));
  });

  afterEach(() => {
    model.dispose();
    jest.useRealTimers();
  });

  it('are asked for when somebody looks, and once', async () => {
    api.jobItems = [job('a'), job('b', { state: 'done' })];
    expect(api.jobQueries).toHaveLength(0);
    await Promise.all([model.load(), model.load()]);
    expect(model.state).toBe('ready');
    expect(states()).toEqual({ a: 'running', b: 'done' });
    expect(api.jobQueries).toHaveLength(1);
  });

  it('say why they cannot be told, and are there once that is over', async () => {
    api.jobsFault = fault('jupyter_unreachable');
    await model.load();
    expect([model.state, model.error?.code]).toEqual([
      'failed',
      'jupyter_unreachable'
    ]);
    api.jobsFault = null;
    api.jobItems = [job('a')];
    await jest.advanceTimersByTimeAsync(2_500);
    expect([model.state, model.error]).toEqual(['ready', null]);
    expect(states()).toEqual({ a: 'running' });
  });

  it('go on by events, and with the first of them the others are learnt', async () => {
    api.jobItems = [job('a'), job('old', { state: 'failed' })];
    await tell(job('a', { bytes_done: 1500 }));
    expect(states()).toEqual({ a: 'running', old: 'failed' });
    await tell(job('a', { state: 'done', bytes_done: 2000 }));
    expect(model.get('a')?.job.bytes_done).toBe(2000);
    expect(ended).toEqual(['a done']);
  });

  it('keep an event that overtook the list', async () => {
    api.jobItems = [job('a', { bytes_done: 100 })];
    const answered = api.jobs();
    jest.spyOn(api, 'jobs').mockReturnValueOnce(answered);
    const loading = model.load();
    model.take(job('a', { state: 'done', bytes_done: 2000 }));
    await loading;
    expect(states()).toEqual({ a: 'done' });
  });

  it('do not run again by a word that was late', async () => {
    await tell(job('a', { state: 'cancelled' }));
    await tell(job('a', { bytes_done: 1900 }));
    expect(states()).toEqual({ a: 'cancelled' });
    await tell(job('a', { state: 'running', attempt: 2 }));
    expect(states()).toEqual({ a: 'running' });
  });

  it('do not come back once they are removed', async () => {
    await tell(job('a', { state: 'done' }));
    await tell(job('a', { state: 'done' }), { removed: true });
    api.jobItems = [job('a', { state: 'done' })];
    await model.refresh();
    expect(states()).toEqual({});
  });

  it('that ended before this page was there are no news', async () => {
    api.jobItems = [job('a', { state: 'done' }), job('b')];
    await model.load();
    expect(ended).toEqual([]);
    api.jobItems = [
      job('a', { state: 'done' }),
      job('b', { state: 'interrupted' })
    ];
    await model.refresh();
    expect(ended).toEqual(['b interrupted']);
  });

  it('that are not listed any more are gone', async () => {
    api.jobItems = [job('a'), job('b')];
    await model.load();
    api.jobItems = [job('b')];
    await model.refresh();
    expect(states()).toEqual({ b: 'running' });
  });

  it('show that they are cancelled at once, and go on where that is refused', async () => {
    await tell(job('a'));
    const cancelling = model.cancel('a').catch(reason => reason.code);
    expect(states()).toEqual({ a: 'cancelled' });
    expect(model.get('a')?.pending).toBe('cancel');
    // It moves on meanwhile, which nobody needs to see.
    await tell(job('a', { bytes_done: 1700 }));
    expect(states()).toEqual({ a: 'cancelled' });

    await api.endedJobs[0].answer.refuse(fault('job_elsewhere'));
    expect(await cancelling).toBe('job_elsewhere');
    expect(states()).toEqual({ a: 'running' });
    expect(model.get('a')?.job.bytes_done).toBe(1700);
    expect(model.get('a')?.error?.code).toBe('job_elsewhere');
    await tell(job('a', { state: 'done' }));
    expect(model.get('a')?.error).toBeNull();
  });

  it('are cancelled once for two clicks', async () => {
    await tell(job('a'));
    void model.cancel('a');
    void model.cancel('a');
    expect(api.endedJobs).toHaveLength(1);
    await api.endedJobs[0].answer.give(job('a', { state: 'cancelled' }));
    expect(states()).toEqual({ a: 'cancelled' });
    expect(model.get('a')?.pending).toBeNull();
  });

  it('wait again when they are retried, and have failed again where that is refused', async () => {
    const failed = job('a', {
      state: 'failed',
      error: fault('no_space').toBody()
    });
    await tell(failed);
    const retrying = model.retry('a').catch(reason => reason.code);
    expect(model.get('a')?.job).toMatchObject({ state: 'queued', error: null });
    await api.retriedJobs[0].answer.refuse(fault('job_done'));
    expect(await retrying).toBe('job_done');
    expect(model.get('a')?.job).toEqual(failed);
  });

  it('leave the list when they are removed, and come back where that is refused', async () => {
    await tell(job('a', { state: 'done' }));
    const removing = model.remove('a').catch(reason => reason.code);
    expect(states()).toEqual({});
    await api.endedJobs[0].answer.refuse(fault('jupyter_unreachable'));
    expect(await removing).toBe('jupyter_unreachable');
    expect(states()).toEqual({ a: 'done' });
  });

  it('that somebody else has removed need not be removed again', async () => {
    await tell(job('a', { state: 'done' }));
    const removing = model.remove('a');
    await api.endedJobs[0].answer.refuse(fault('unknown_job'));
    await removing;
    expect(states()).toEqual({});
  });

  it('are cleared of those that ended, and these come back where that is refused', async () => {
    await tell(job('a', { state: 'done' }));
    await tell(job('b'));
    const refused = model.clear().catch(reason => reason.code);
    expect(states()).toEqual({ b: 'running' });
    await api.clearedJobs[0].refuse(fault('jupyter_unreachable'));
    expect(await refused).toBe('jupyter_unreachable');
    expect(states()).toEqual({ a: 'done', b: 'running' });

    const cleared = model.clear();
    await api.clearedJobs[1].give(1);
    expect(await cleared).toBe(1);
    expect(states()).toEqual({ b: 'running' });
  });

  it('that move in silence are asked about: events can be lost', async () => {
    await tell(job('a'));
    const asked = api.jobQueries.length;
    api.jobItems = [job('a', { state: 'done' })];
    await jest.advanceTimersByTimeAsync(31_000);
    expect(api.jobQueries.length).toBeGreaterThan(asked);
    expect(ended).toEqual(['a done']);
    const then = api.jobQueries.length;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(api.jobQueries).toHaveLength(then);
  });
});
