import type { IMetadataKey } from '../../api/types';
import {
  EMPTY_CONDITION,
  fromFilters,
  isSayable,
  problemsOf,
  toFilters,
  typeOf,
  type ICondition
} from '../../model/filters';

const key = (
  name: string,
  type: IMetadataKey['type'],
  values: unknown[] | null = null
): IMetadataKey => ({ key: name, type, values, source: 'did_column' });

const KEYS = [
  key('events', 'number'),
  key('datatype', 'string'),
  key('is_blinded', 'boolean'),
  key('created_at', 'date')
];

const row = (
  text: string,
  operator: ICondition['operator'] = 'eq',
  value = '',
  type: ICondition['type'] = null
): ICondition => ({ key: text, operator, value, type });

const ask = (...group: ICondition[]) => toFilters([group], KEYS);
const problem = (...group: ICondition[]) => problemsOf([group], KEYS)[0];

describe('what a value is meant as', () => {
  it.each([
    ['events', '7', 'number'],
    ['datatype', '7', 'string'],
    ['is_blinded', 'true', 'boolean'],
    ['created_at', '2021-05-03', 'date'],
    ['events', '7*', 'string'],
    ['mine', '331700', 'number'],
    ['mine', '-6.5e3', 'number'],
    ['mine', '.5', 'number'],
    ['mine', 'true', 'boolean'],
    ['mine', 'yes', 'string'],
    ['mine', 'Infinity', 'string'],
    ['mine', '0x1F', 'string'],
    ['mine', '12 34', 'string'],
    ['mine', '2021-05-03', 'string'],
    ['mine', 'run2021', 'string']
  ])('%s = %s is a %s', (name, value, type) => {
    expect(typeOf(row(name, 'eq', value), KEYS)).toBe(type);
  });

  it('is what the user says it is', () => {
    expect(ask(row('mine', 'eq', '42', 'string'))).toEqual([{ mine: '42' }]);
    expect(ask(row('mine', 'eq', '42'))).toEqual([{ mine: 42 }]);
    expect(ask(row('mine', 'eq', 'yes', 'boolean'))).toEqual([{ mine: true }]);
    expect(ask(row('mine', 'eq', 'No', 'boolean'))).toEqual([{ mine: false }]);
    expect(ask(row('events', 'eq', '42', 'string'))).toEqual([
      { events: '42' }
    ]);
  });
});

describe('conditions in the form of Rucio', () => {
  it('has a word for each operator', () => {
    expect(
      ask(
        row('events', 'eq', '1'),
        row('events', 'ne', '2'),
        row('events', 'lt', '3'),
        row('events', 'lte', '4'),
        row('events', 'gt', '5'),
        row('events', 'gte', '6')
      )
    ).toEqual([
      {
        events: 1,
        'events.ne': 2,
        'events.lt': 3,
        'events.lte': 4,
        'events.gt': 5,
        'events.gte': 6
      }
    ]);
  });

  it.each([
    'a, b and c',
    'it\'s "quoted"',
    'a=b==c',
    '{"json": [1, 2]}',
    'back\\slash\\',
    'données β 粒子',
    ' blanks around ',
    "'; DROP TABLE dids; --",
    'phys*Muons*',
    'x'.repeat(5000)
  ])('takes the value %s as it is', value => {
    expect(ask(row('datatype', 'eq', value))).toEqual([{ datatype: value }]);
  });

  it('takes keys without the blanks around them', () => {
    expect(ask(row(' events ', 'eq', ' 7 '))).toEqual([{ events: 7 }]);
  });

  it('makes every group an alternative, and leaves out what is blank', () => {
    expect(
      toFilters(
        [
          [row('datatype', 'eq', 'AOD'), EMPTY_CONDITION],
          [EMPTY_CONDITION],
          [row('events', 'gt', '5')]
        ],
        KEYS
      )
    ).toEqual([{ datatype: 'AOD' }, { 'events.gt': 5 }]);
    expect(toFilters([[EMPTY_CONDITION]], KEYS)).toEqual([]);
  });

  it('means a whole day by a day', () => {
    const begin = '2021-05-03T00:00:00';
    const end = '2021-05-04T00:00:00';
    const on = (operator: ICondition['operator']) =>
      ask(row('created_at', operator, '2021-05-03'));
    expect(on('eq')).toEqual([
      { 'created_at.gte': begin, 'created_at.lt': end }
    ]);
    expect(on('ne')).toEqual([
      { 'created_at.lt': begin },
      { 'created_at.gte': end }
    ]);
    expect(on('lt')).toEqual([{ 'created_at.lt': begin }]);
    expect(on('lte')).toEqual([{ 'created_at.lt': end }]);
    expect(on('gt')).toEqual([{ 'created_at.gte': end }]);
    expect(on('gte')).toEqual([{ 'created_at.gte': begin }]);
  });

  it('puts the other conditions of the group on both sides of a day', () => {
    expect(
      ask(row('events', 'eq', '1'), row('created_at', 'ne', '2021-12-31'))
    ).toEqual([
      { events: 1, 'created_at.lt': '2021-12-31T00:00:00' },
      { events: 1, 'created_at.gte': '2022-01-01T00:00:00' }
    ]);
  });

  it.each([
    ['2021-05-03 12:30', '2021-05-03T12:30:00'],
    ['2021-05-03T12:30:45Z', '2021-05-03T12:30:45'],
    ['2021-05-03T12:30:45.123456', '2021-05-03T12:30:45'],
    ['2021-05-03T00:30+02:00', '2021-05-02T22:30:00'],
    ['2021-05-03T23:30-0130', '2021-05-04T01:00:00']
  ])('means an instant by %s', (text, instant) => {
    expect(ask(row('created_at', 'lte', text))).toEqual([
      { 'created_at.lte': instant }
    ]);
  });

  it('means a whole month by a month', () => {
    expect(ask(row('created_at', 'eq', '2020-02'))).toEqual([
      {
        'created_at.gte': '2020-02-01T00:00:00',
        'created_at.lt': '2020-03-01T00:00:00'
      }
    ]);
  });
});

describe('what cannot be said', () => {
  it.each([
    ['no-key', row('', 'eq', 'AOD')],
    ['dotted-key', row('beam.energy', 'eq', '7')],
    ['name-key', row('name', 'eq', 'x')],
    ['no-value', row('mine', 'eq', '')],
    ['no-value', row('datatype', 'eq', ' ')],
    ['no-number', row('events', 'eq', 'many')],
    ['no-number', row('mine', 'gt', '12 000', 'number')],
    ['no-boolean', row('is_blinded', 'eq', 'maybe')],
    ['no-date', row('created_at', 'eq', 'yesterday')],
    ['no-date', row('created_at', 'eq', '2021-02-31')],
    ['no-date', row('created_at', 'eq', '2021-13-01')],
    ['no-date', row('created_at', 'eq', '2021-01-01 25:00')],
    ['ordered-pattern', row('datatype', 'lt', 'A*')],
    ['ordered-boolean', row('is_blinded', 'gt', 'true')]
  ])('is told: %s', (word, condition) => {
    expect(problem(condition)).toEqual([word]);
    expect(isSayable([[condition]], KEYS)).toBe(false);
  });

  it('is an empty text only where a text is not said to be meant', () => {
    expect(problem(row('mine', 'eq', '', 'string'))).toEqual([null]);
    expect(ask(row('mine', 'eq', '', 'string'))).toEqual([{ mine: '' }]);
  });

  it('is the same comparison twice in one group, but not in two', () => {
    const twice = [row('events', 'gt', '5'), row('events', 'gt', '7')];
    expect(problem(...twice)).toEqual([null, 'duplicate']);
    expect(isSayable([[twice[0]], [twice[1]]], KEYS)).toBe(true);
    expect(problem(twice[0], row('events', 'lt', '9'))).toEqual([null, null]);
    // A day has a beginning already.
    expect(
      problem(
        row('created_at', 'eq', '2021-05-03'),
        row('created_at', 'gte', '2021-05-03 12:00')
      )
    ).toEqual([null, 'duplicate']);
  });

  it('is never a row that is blank', () => {
    expect(problem(EMPTY_CONDITION, EMPTY_CONDITION)).toEqual([null, null]);
  });
});

describe('conditions that come in the form of Rucio', () => {
  it('are read and mean the same again', () => {
    const filters = [
      { 'run_number.gte': 100, datatype: 'A=B' },
      { is_blinded: false, 'mine.ne': '42' }
    ];
    const conditions = fromFilters(filters)!;
    expect(conditions[1]).toEqual([
      row('is_blinded', 'eq', 'false', 'boolean'),
      row('mine', 'ne', '42', 'string')
    ]);
    expect(toFilters(conditions, [])).toEqual(filters);
    expect(fromFilters({ a: 1 })).toHaveLength(1);
  });

  it.each([[['text']], [[{ 'a.like': 'x' }]], [[{ a: null }]], ['text']])(
    'are refused where they are none: %j',
    filters => {
      expect(fromFilters(filters)).toBeNull();
    }
  );
});
