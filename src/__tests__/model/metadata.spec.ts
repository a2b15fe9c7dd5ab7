import { metadataGroups, momentOf } from '../../model/metadata';

describe('metadata', () => {
  const metadata = {
    run_number: 331700,
    campaign: 'run2021',
    created_at: 'Fri, 20 Nov 2026 13:54:00 UTC',
    is_open: false,
    conditions: { magnet: 'on', field: [3.8, 4] },
    note: 'it’s "quoted", a=b'
  };
  const keys = (filter: string) => {
    const { users, rucios } = metadataGroups(metadata, filter);
    return [...users, ...rucios].map(row => row.key);
  };

  it('tells what users wrote from what Rucio keeps, each in order', () => {
    const { users, rucios } = metadataGroups(metadata);
    expect(users.map(row => row.key)).toEqual([
      'campaign',
      'conditions',
      'note',
      'run_number'
    ]);
    expect(rucios.map(row => row.key)).toEqual(['created_at', 'is_open']);
  });

  it('is narrowed down by words that stand in keys, values or inside values', () => {
    expect(keys('RUN')).toEqual(['campaign', 'run_number']);
    expect(keys('run 3317')).toEqual(['run_number']);
    expect(keys('magnet')).toEqual(['conditions']);
    expect(keys('a=b')).toEqual(['note']);
    expect(keys('nowhere')).toEqual([]);
  });

  it('copies texts as they are and all else as JSON', () => {
    const texts = Object.fromEntries(
      metadataGroups(metadata).users.map(row => [row.key, row.text])
    );
    expect(texts.note).toBe('it’s "quoted", a=b');
    expect(texts.run_number).toBe('331700');
    expect(texts.conditions).toBe('{"magnet":"on","field":[3.8,4]}');
  });

  it.each([
    ['created_at', 'Fri, 20 Nov 2026 13:54:00 UTC', '2026-11-20T13:54:00.000Z'],
    ['updated_at', '2026-11-20T13:54:00', '2026-11-20T13:54:00.000Z'],
    ['updated_at', '2026-11-20 13:54:00.123', '2026-11-20T13:54:00.123Z'],
    ['taken', '2026-11-20T13:54:00+01:00', '2026-11-20T12:54:00.000Z'],
    // Whoever wrote it may have meant any place on Earth.
    ['taken', '2026-11-20T13:54:00', undefined],
    ['taken', '2026-11-20', undefined],
    ['run_number', 331700, undefined],
    ['version', '2021', undefined]
  ])('reads %s %s as a moment only where it is one', (key, value, moment) => {
    expect(momentOf({ key, value, text: String(value) })?.toISOString()).toBe(
      moment
    );
  });
});
