import { ConditionsModel } from '../../model/conditions';
import type { ICondition } from '../../model/filters';
import { InstancesModel } from '../../model/instances';
import { MetadataKeysModel } from '../../model/metadataKeys';
import { ScriptedApi, settled } from '../scripted';

describe('writing conditions', () => {
  let api: ScriptedApi;
  let instances: InstancesModel;
  let keys: MetadataKeysModel;
  let conditions: ConditionsModel;

  beforeEach(async () => {
    api = new ScriptedApi();
    api.keys = [
      { key: 'events', type: 'number', values: null, source: 'did_column' }
    ];
    instances = new InstancesModel({ api });
    await instances.load();
    keys = new MetadataKeysModel({ api, instances });
    conditions = new ConditionsModel(keys);
  });

  const write = (change: Partial<ICondition>, group = 0, row = 0) =>
    conditions.change(group, row, change);
  const keysOf = () =>
    conditions.groups.map(group => group.map(condition => condition.key));

  it('begins with one blank row, and keeps at least one', () => {
    expect(keysOf()).toEqual([['']]);
    write({ key: 'a' });
    conditions.remove(0, 0);
    expect(keysOf()).toEqual([['']]);
    expect(conditions.count).toBe(0);
  });

  it('adds rows and alternatives, and takes a group away with its last row', () => {
    write({ key: 'a' });
    conditions.add(0);
    write({ key: 'b' }, 0, 1);
    conditions.addGroup();
    write({ key: 'c' }, 1, 0);
    expect(keysOf()).toEqual([['a', 'b'], ['c']]);
    conditions.remove(1, 0);
    conditions.remove(0, 0);
    expect(keysOf()).toEqual([['b']]);
  });

  it('fetches the keys when the rows are opened, and knows their types', async () => {
    write({ key: 'events', value: 'many' });
    expect(conditions.problems).toEqual([[null]]);
    conditions.setOpen(true);
    await settled();
    expect(conditions.problems).toEqual([['no-number']]);
    expect(conditions.typeOf(conditions.groups[0][0])).toBe('number');
  });

  it('does not complain of a row that is still being written, until it is to be searched for', () => {
    write({ key: 'a' });
    expect(conditions.problems).toEqual([[null]]);
    expect(conditions.check()).toBeNull();
    expect(conditions.isOpen).toBe(true);
    expect(conditions.problems).toEqual([['no-value']]);
    write({ value: 'x' });
    expect(conditions.check()).toEqual([{ a: 'x' }]);
  });
});
