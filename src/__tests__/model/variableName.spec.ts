import { BASH_NAMES } from '../../kernels/bashNames';
import { CPP_NAMES } from '../../kernels/cppNames';
import { JAVASCRIPT_NAMES } from '../../kernels/javascriptNames';
import { JULIA_NAMES } from '../../kernels/juliaNames';
import { PYTHON_NAMES } from '../../kernels/pythonNames';
import { R_NAMES } from '../../kernels/rNames';
import { nameFault, suggestName } from '../../model/variableName';

const none = new Set<string>();

describe('a name that is proposed', () => {
  it.each([
    ['demo:dimuon_2021', 'dimuon_2021'],
    ['demo:events.root', 'events'],
    ['demo:table.csv.gz', 'table'],
    ['cms:/store/data/Run2016B/file-01.root', 'file_01'],
    ['demo:/', 'data'],
    ['demo:2021 data', 'data_2021_data'],
    ['demo:a+b=c.csv', 'a_b_c'],
    ['demo:%2Fencoded%20name.csv', '2Fencoded_20name'],
    ['demo:événements', 'e_ve_nements'],
    ['demo:漢字', 'data'],
    ['demo:class', 'class_2'],
    ['demo:list', 'list_2'],
    ['demo:.hidden', 'hidden'],
    ['demo:v1.2.3', 'v1_2_3'],
    ['not a did', 'not_a_did']
  ])('for %s is one that Python takes', (did, expected) => {
    const name = suggestName(did, none, PYTHON_NAMES);
    expect(nameFault(name, none, PYTHON_NAMES)).toBeNull();
    expect(name).toBe(/^[0-9]/.test(expected) ? `data_${expected}` : expected);
  });

  it('is not too long to type', () => {
    const name = suggestName(`demo:${'x'.repeat(250)}`, none, PYTHON_NAMES);
    expect(name.length).toBeLessThanOrEqual(40);
  });

  it('is not one that is in use', () => {
    const taken = new Set(['events', 'events_2']);
    expect(suggestName('demo:events.root', taken, PYTHON_NAMES)).toBe(
      'events_3'
    );
  });
});

describe('a name that is typed', () => {
  it.each([
    ['', 'empty'],
    ['2events', 'shape'],
    ['two words', 'shape'],
    ['a-b', 'shape'],
    ['class', 'reserved'],
    ['None', 'reserved'],
    ['open', 'builtin'],
    ['resolve_dids', 'builtin'],
    ['events', 'taken'],
    ['Événement_1', null],
    ['_x', null]
  ])('%p is told as %p', (name, fault) => {
    expect(nameFault(name, new Set(['events']), PYTHON_NAMES)).toBe(fault);
  });
});

describe('a name in another language', () => {
  const RULES = {
    R: R_NAMES,
    Julia: JULIA_NAMES,
    'C++': CPP_NAMES,
    JavaScript: JAVASCRIPT_NAMES,
    bash: BASH_NAMES
  };

  it.each(Object.entries(RULES))('is proposed as %s takes it', (_, rules) => {
    for (const did of [
      'demo:dimuon_2021',
      'demo:',
      'demo:漢字',
      'demo:2021',
      'demo:repeat.csv',
      'demo:class',
      'demo:end',
      'demo:PATH',
      'demo:__x__y'
    ]) {
      const name = suggestName(did, none, rules);
      expect([did, nameFault(name, none, rules)]).toEqual([did, null]);
    }
  });

  it.each([
    [R_NAMES, 'my.data', null],
    [R_NAMES, '.5x', 'shape'],
    [R_NAMES, 'lambda', null],
    [R_NAMES, 'TRUE', 'reserved'],
    [R_NAMES, 'T', 'builtin'],
    [JULIA_NAMES, 'ψ', null],
    [JULIA_NAMES, 'end', 'reserved'],
    [CPP_NAMES, 'my_data', null],
    [CPP_NAMES, 'a__b', 'shape'],
    [CPP_NAMES, 'namespace', 'reserved'],
    [JAVASCRIPT_NAMES, '$events', null],
    [JAVASCRIPT_NAMES, 'await', 'reserved'],
    [BASH_NAMES, 'données', 'shape'],
    [BASH_NAMES, 'PATH', 'reserved']
  ] as const)('%p: %s is told as %p', (rules, name, fault) => {
    expect(nameFault(name, none, rules)).toBe(fault);
  });
});
