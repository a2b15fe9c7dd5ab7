import { PYTHON_NAMES } from '../../kernels/pythonNames';
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
