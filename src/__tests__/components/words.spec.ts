import { nullTranslator } from '@jupyterlab/translation';

import type { IAvailability } from '../../api/types';
import { formatBytes, formatDuration } from '../../components/format';
import { sizeWords, stateWords } from '../../components/words';
import { availability, fault, item } from '../scripted';

const trans = nullTranslator.load('rucio-jupyterlab');

const words = (value: IAvailability | undefined, more = {}) =>
  stateWords(
    { value, pending: false, error: null, isRefused: false, ...more },
    trans
  );

describe('the words of a row', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [4000, '4 kB'],
    [262_144_000, '262 MB'],
    [3_100_000_000, '3.1 GB'],
    [999_999_999, '1 GB'],
    [48e15, '48 PB']
  ])('say %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [0.2, '1 s'],
    [21, '21 s'],
    [240, '4 min'],
    [7200, '2 h'],
    [300_000, '3 d']
  ])('say %d seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it('count the files that are there while they move, and how long it takes', () => {
    const moving = availability('demo:a', 'replicating', {
      files_total: 12,
      files_available: 5,
      bytes_total: 1000,
      bytes_available: 420,
      eta_s: 21
    });
    expect(words(moving)).toMatchObject({
      word: '5 of 12 files',
      detail: '21 s left',
      progress: 0.42
    });
    expect(sizeWords(item('demo:a', 'dataset'), moving, trans)).toBe('1 kB');
  });

  it('never divide by nothing', () => {
    const begun = availability('demo:a', 'replicating', {
      files_total: 0,
      bytes_total: 0
    });
    expect(words(begun).progress).toBe(0);
  });

  it('give the reason of what is stuck', () => {
    const stuck = availability('demo:a', 'stuck', {
      message: 'no source could be read'
    });
    expect(words(stuck)).toMatchObject({
      word: 'Stuck',
      detail: 'no source could be read',
      tone: 'error'
    });
  });

  it('do not call available what the server has doubts about without saying so', () => {
    const doubted = availability('demo:a', 'available', {
      message: 'EULAKE-1 is not mounted here.'
    });
    expect(words(doubted)).toMatchObject({
      tone: 'warn',
      detail: 'EULAKE-1 is not mounted here.'
    });
  });

  it('tell a refusal from an answer that did not come', () => {
    const known = availability('demo:a', 'available');
    expect(words(undefined, { error: fault('rucio_timeout') }).word).toBe(
      'Unknown'
    );
    // The last word stands; its age is told beside it.
    expect(words(known, { error: fault('rucio_timeout') }).word).toBe(
      'Available'
    );
    expect(
      words(known, { error: fault('forbidden'), isRefused: true }).word
    ).toBe('Refused');
  });
});
