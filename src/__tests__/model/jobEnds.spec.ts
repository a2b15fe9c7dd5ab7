import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import type { IJob } from '../../api/types';
import { endWords } from '../../components/transfers/endWords';
import { type IJobEnds, JobEndsModel } from '../../model/jobEnds';
import type { IJobsModel } from '../../tokens';
import { fault, job } from '../scripted';

const trans = nullTranslator.load('rucio-jupyterlab');

describe('the news of what has ended', () => {
  let jobs: { ended: Signal<object, IJob> };
  let model: JobEndsModel;
  let told: IJobEnds[];

  beforeEach(() => {
    jest.useFakeTimers();
    jobs = { ended: new Signal<object, IJob>({}) };
    model = new JobEndsModel(jobs as unknown as IJobsModel);
    told = [];
    model.gathered.connect((_, batch) => told.push(batch));
  });

  afterEach(() => {
    model.dispose();
    jest.useRealTimers();
  });

  const end = (id: string, more: Partial<IJob> = {}) =>
    jobs.ended.emit(job(id, { state: 'done', bytes_done: 2000, ...more }));

  it('is one piece of news for all that end within seconds', () => {
    end('a');
    jest.advanceTimersByTime(2_000);
    end('b');
    jest.advanceTimersByTime(2_000);
    expect(told).toHaveLength(0);
    jest.advanceTimersByTime(1_000);
    expect(told.map(batch => endWords(batch, trans))).toEqual([
      '2 transfers are done (4 kB).'
    ]);
  });

  it('does not wait for ever for those that follow each other', () => {
    for (let i = 0; i < 15; i++) {
      end(`a${i}`);
      jest.advanceTimersByTime(1_000);
    }
    expect(told.length).toBeGreaterThan(0);
  });

  it('names one that ended alone, and says why it failed', () => {
    end('a', { kind: 'upload', title: 'plots' });
    jest.advanceTimersByTime(3_000);
    end('b', {
      state: 'failed',
      error: fault('no_space', 'The disk is full.').toBody()
    });
    jest.advanceTimersByTime(3_000);
    expect(told.map(batch => endWords(batch, trans))).toEqual([
      'Uploaded: plots.',
      'The download of demo:b did not finish. The disk is full.'
    ]);
  });

  it('puts what failed before what is done', () => {
    end('a');
    end('b', { state: 'interrupted' });
    end('c', { state: 'failed' });
    jest.advanceTimersByTime(3_000);
    expect(endWords(told[0], trans)).toBe(
      '2 transfers did not finish. Downloaded: demo:a.'
    );
  });

  it('does not tell of what the user cancelled', () => {
    end('a', { state: 'cancelled' });
    jest.advanceTimersByTime(3_000);
    expect(told).toEqual([]);
  });
});
