import type { IDidItem } from '../../api/types';
import type { DidRow } from '../../model/rows';
import { TreeModel } from '../../model/tree';
import { atOnce, files, item, ScriptedApi } from '../scripted';

describe('sorting and filtering what was found', () => {
  let api: ScriptedApi;
  let tree: TreeModel;

  beforeEach(() => {
    api = new ScriptedApi();
    tree = new TreeModel({
      content: (did, signal) => api.content('escape', did, signal),
      onOutcome: () => undefined,
      frames: atOnce
    });
  });

  afterEach(() => tree.dispose());

  const shown = () =>
    Array.from({ length: tree.length }, (_, i) => {
      const row = tree.at(i)!;
      expect(tree.indexOf(row)).toBe(i);
      return row.kind === 'did' ? row.item.name : `(${row.note})`;
    });
  const row = (index: number) => tree.at(index) as DidRow;
  const sized = (name: string, size: number | null): IDidItem => ({
    ...item(`demo:${name}`, 'dataset'),
    size
  });
  /** Opens the row at an index, with these files in it. */
  const open = async (index: number, ...names: string[]) => {
    void tree.expand(row(index));
    const { stream } = api.opened[api.opened.length - 1];
    await stream.send(names.map(name => item(`demo:${name}`)));
    await stream.end();
  };

  it('puts names in the order in which people number them', () => {
    tree.append([
      item('demo:run_10'),
      item('demo:run_9'),
      item('demo:Run_0100'),
      item('demo:alpha')
    ]);
    tree.setOrder({ by: 'name', descending: false });
    expect(shown()).toEqual(['alpha', 'run_9', 'run_10', 'Run_0100']);
    tree.setOrder({ by: 'name', descending: true });
    expect(shown()).toEqual(['Run_0100', 'run_10', 'run_9', 'alpha']);
    tree.setOrder({ by: 'found', descending: false });
    expect(shown()).toEqual(['run_10', 'run_9', 'Run_0100', 'alpha']);
  });

  it('puts what Rucio has not counted behind the sizes, in both directions', () => {
    tree.append([sized('none', null), sized('big', 900), sized('small', 1)]);
    tree.setOrder({ by: 'size', descending: false });
    expect(shown()).toEqual(['small', 'big', 'none']);
    tree.setOrder({ by: 'size', descending: true });
    expect(shown()).toEqual(['big', 'small', 'none']);
  });

  it('puts containers before datasets before files', () => {
    tree.append([
      item('demo:f'),
      item('demo:d', 'dataset'),
      item('demo:c', 'container')
    ]);
    tree.setOrder({ by: 'type', descending: false });
    expect(shown()).toEqual(['c', 'd', 'f']);
  });

  it('sorts in what arrives later, and the children of what is open', async () => {
    tree.setOrder({ by: 'name', descending: false });
    tree.append([item('demo:m', 'dataset'), item('demo:z', 'dataset')]);
    await open(0, 'm2', 'm1');
    expect(shown()).toEqual(['m', 'm1', 'm2', 'z']);
    tree.append([item('demo:p', 'dataset'), item('demo:a', 'dataset')]);
    expect(shown()).toEqual(['a', 'm', 'm1', 'm2', 'p', 'z']);
    expect(row(4).position).toBe(3);
    tree.append([item('demo:zz', 'dataset')]);
    expect(shown()).toEqual(['a', 'm', 'm1', 'm2', 'p', 'z', 'zz']);
  });

  it('keeps the active row where it went', () => {
    tree.append([item('demo:b'), item('demo:a')]);
    tree.moveTo(0);
    tree.setOrder({ by: 'name', descending: false });
    expect(tree.activeDid?.name).toBe('b');
    expect(tree.indexOf(tree.active!)).toBe(1);
  });

  it('finds words anywhere in a name, in any case, and stars', () => {
    tree.append([
      item('demo:Muon_2021_B'),
      item('demo:electron_2021'),
      item('user.alice:muon')
    ]);
    tree.setNameFilter('MUON');
    expect(shown()).toEqual(['Muon_2021_B', 'muon']);
    expect([tree.shownCount, tree.loadedCount]).toEqual([2, 3]);
    tree.setNameFilter('2021 muon');
    expect(shown()).toEqual(['Muon_2021_B']);
    tree.setNameFilter('m*b');
    expect(shown()).toEqual(['Muon_2021_B']);
    tree.setNameFilter('alice:');
    expect(shown()).toEqual(['muon']);
    tree.setNameFilter('(');
    expect(shown()).toEqual([]);
    expect(tree.loadedCount).toBe(3);
    tree.setNameFilter(' ');
    expect(tree.shownCount).toBe(3);
  });

  it('keeps what the matches are in', async () => {
    tree.append([item('demo:a', 'dataset'), item('demo:b', 'dataset')]);
    await open(0, 'hit_1', 'other');
    tree.setNameFilter('hit');
    expect(shown()).toEqual(['a', 'hit_1']);
    expect(row(1).position).toBe(1);
    // Closing it does not lose it.
    tree.collapse(row(0));
    expect(shown()).toEqual(['a']);
    void tree.expand(row(0));
    expect(shown()).toEqual(['a', 'hit_1']);
    tree.setNameFilter('');
    expect(shown()).toEqual(['a', 'hit_1', 'other', 'b']);
  });

  it('shows all that is in a collection whose own name is what was looked for', async () => {
    tree.append([item('demo:muons', 'dataset'), item('demo:b', 'dataset')]);
    tree.setNameFilter('muons');
    await open(0, 'x1', 'x2');
    expect(shown()).toEqual(['muons', 'x1', 'x2']);
    expect([tree.shownCount, tree.loadedCount]).toEqual([3, 4]);
  });

  it('lists what matches as it arrives', async () => {
    tree.setNameFilter('hit');
    tree.append([item('demo:a', 'dataset')]);
    expect(shown()).toEqual([]);
    tree.append([item('demo:hits', 'dataset')]);
    expect(shown()).toEqual(['hits']);
    void tree.expand(row(0));
    const { stream } = api.opened[0];
    await stream.send([item('demo:x')]);
    expect(shown()).toEqual(['hits', 'x', '(loading)']);
    // Now there is something in it that was looked for.
    await stream.send([item('demo:hit_7'), item('demo:y')]);
    expect(shown()).toEqual(['hits', 'hit_7', '(loading)']);
    await stream.send([item('demo:hit_8')]);
    await stream.end();
    expect(shown()).toEqual(['hits', 'hit_7', 'hit_8']);
    tree.append([item('demo:b'), item('demo:a_hit')]);
    expect(shown()).toEqual(['hits', 'hit_7', 'hit_8', 'a_hit']);
  });

  it('does not act on a row that the filter hides, and comes back to it', () => {
    tree.append([item('demo:a'), item('demo:b')]);
    tree.moveTo(0);
    tree.setNameFilter('b');
    expect(tree.activeDid).toBeNull();
    tree.setNameFilter('');
    expect(tree.activeDid?.name).toBe('a');
    tree.setNameFilter('b');
    expect(tree.moveBy(1)).toBe(tree.at(0));
  });

  it('filters and sorts 100,000 rows, also while more of them arrive', () => {
    for (let i = 0; i < 100; i++) {
      tree.append(files(1000, (99 - i) * 1000));
    }
    tree.setOrder({ by: 'name', descending: false });
    expect(row(54_321).item.name).toBe('f54321');
    tree.setNameFilter('999');
    expect(shown().slice(0, 2)).toEqual(['f999', 'f1999']);
    expect(tree.shownCount).toBe(
      Array.from({ length: 100_000 }, (_, i) => `f${i}`).filter(name =>
        name.includes('999')
      ).length
    );
    tree.append(files(1000, 100_000));
    expect(shown().pop()).toBe('f100999');
    tree.setNameFilter('');
    expect(tree.length).toBe(101_000);
    expect(row(100_500).item.name).toBe('f100500');
  });
});
