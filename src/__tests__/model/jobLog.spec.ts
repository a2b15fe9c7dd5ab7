import { JobLogModel } from '../../model/jobLog';
import { fault, ScriptedApi, settled } from '../scripted';

describe('the log of a job', () => {
  let api: ScriptedApi;
  let log: JobLogModel;

  const answer = async (
    text: string,
    next_offset: number,
    is_ended = false
  ) => {
    await api.logs[api.logs.length - 1].answer.give({
      text,
      next_offset,
      is_ended
    });
  };
  const offsets = () => api.logs.map(({ offset }) => offset);

  beforeEach(() => {
    jest.useFakeTimers();
    api = new ScriptedApi();
    log = new JobLogModel(api, 'a');
  });

  afterEach(() => {
    log.dispose();
    jest.useRealTimers();
  });

  it('is followed from where it was read to, until it has ended', async () => {
    void log.follow();
    await answer('one\n', 4);
    expect([log.text, log.isEnded]).toEqual(['one\n', false]);
    await jest.advanceTimersByTimeAsync(1_000);
    await answer('', 4);
    await jest.advanceTimersByTimeAsync(1_000);
    await answer('two\n', 8, true);
    await jest.advanceTimersByTimeAsync(0);
    await answer('', 8, true);
    expect([log.text, log.isEnded]).toEqual(['one\ntwo\n', true]);
    expect(offsets()).toEqual([0, 4, 4, 8]);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(api.logs).toHaveLength(4);
  });

  it('is read without a pause where much has been written', async () => {
    void log.follow();
    await answer('x'.repeat(20_000), 20_000);
    await jest.advanceTimersByTimeAsync(0);
    expect(offsets()).toEqual([0, 20_000]);
  });

  it('goes on after a fault, of which it tells', async () => {
    void log.follow();
    await answer('one\n', 4);
    await jest.advanceTimersByTimeAsync(1_000);
    await api.logs[1].answer.refuse(fault('jupyter_unreachable'));
    expect(log.error?.code).toBe('jupyter_unreachable');
    expect(log.text).toBe('one\n');
    await jest.advanceTimersByTimeAsync(5_000);
    await answer('two\n', 8);
    expect([log.text, log.error]).toEqual(['one\ntwo\n', null]);
  });

  it('is not asked about once nobody reads it', async () => {
    void log.follow();
    await answer('one\n', 4);
    log.dispose();
    await jest.advanceTimersByTimeAsync(60_000);
    await settled();
    expect(api.logs).toHaveLength(1);
  });

  it('drops its beginning, line by line, when it is very long', async () => {
    void log.follow();
    await answer('first\n' + 'x'.repeat(999_999) + '\nlast\n', 1_000_011);
    expect(log.isCut).toBe(true);
    expect(log.text).toBe('last\n');
  });
});
