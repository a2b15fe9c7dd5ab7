import { nullTranslator } from '@jupyterlab/translation';

import { lifeWords, momentWords } from '../../components/lifeWords';

describe('how long credentials are good for', () => {
  const now = Date.parse('2026-01-31T12:00:00Z');
  const trans = nullTranslator.load('rucio-jupyterlab');
  const life = (endsAt: string | null) => lifeWords(endsAt, now, 3600, trans);

  it.each([
    ['2026-01-31T23:00:00Z', 'valid for 11 h', 'plain'],
    ['2026-01-31T12:59:00Z', 'valid for 59 min', 'warn'],
    ['2026-01-31T11:55:00Z', 'ended 5 min ago', 'error'],
    ['2026-01-31T12:00:00Z', 'ended 1 s ago', 'error']
  ])('until %s: %s', (endsAt, words, tone) => {
    expect(life(endsAt)).toEqual({ words, tone });
  });

  it('says nothing where nobody knows', () => {
    expect(life(null)).toBeNull();
    expect(life('some day')).toBeNull();
  });

  it('names the day only where it is another one', () => {
    expect(momentWords('2026-01-31T12:30:00Z', now)).not.toMatch(/2026/);
    expect(momentWords('2026-03-01T12:30:00Z', now)).toMatch(/2026/);
  });
});
