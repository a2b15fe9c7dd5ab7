import { BackOff, isPassing } from '../../model/backoff';
import { fault, settled } from '../scripted';

describe('what failed', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** Lets seconds pass, one by one. */
  const pass = async (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      jest.advanceTimersByTime(1000);
      await settled();
    }
  };

  it('is tried again soon, then less often, until it works', async () => {
    let works = false;
    const attempt = jest.fn(async () => works);
    const again = new BackOff(attempt);
    again.begin();
    again.begin();
    expect(attempt).not.toHaveBeenCalled();
    await pass(3);
    expect(attempt).toHaveBeenCalledTimes(1);
    await pass(300);
    const failed = attempt.mock.calls.length;
    expect(failed).toBeGreaterThan(5);
    expect(failed).toBeLessThan(100);

    works = true;
    await pass(31);
    expect(attempt).toHaveBeenCalledTimes(failed + 1);
    expect(again.isRunning).toBe(false);
    await pass(100);
    expect(attempt).toHaveBeenCalledTimes(failed + 1);

    again.begin();
    await pass(3);
    expect(attempt).toHaveBeenCalledTimes(failed + 2);
    again.dispose();
  });

  it('is let be when nobody wants it any more', async () => {
    const attempt = jest.fn(async () => false);
    const again = new BackOff(attempt);
    again.begin();
    again.end();
    await pass(10);
    expect(attempt).not.toHaveBeenCalled();
    again.dispose();
  });

  it('is tried again only where that may help', () => {
    expect(isPassing(fault('rucio_unreachable'))).toBe(true);
    expect(isPassing(fault('stream_cut'))).toBe(true);
    const refused = fault('access_denied');
    Object.assign(refused, { status: 403 });
    expect(isPassing(refused)).toBe(false);
  });
});
