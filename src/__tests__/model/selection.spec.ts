import type { DidRow } from '../../model/rows';
import { TreeModel } from '../../model/tree';
import { atOnce, files, item, ScriptedApi } from '../scripted';

describe('selecting several rows', () => {
  let api: ScriptedApi;
  let tree: TreeModel;

  beforeEach(() => {
    api = new ScriptedApi();
    tree = new TreeModel({
      content: (did, signal) => api.content('escape', did, signal),
      onOutcome: () => undefined,
      frames: atOnce
    });
    tree.append([item('demo:a', 'dataset'), ...files(5)]);
    tree.moveTo(0);
  });

  afterEach(() => tree.dispose());

  const row = (index: number) => tree.at(index) as DidRow;
  const selected = () => tree.selected.map(one => one.name);

  it('means the active row where none are selected', () => {
    expect(selected()).toEqual(['a']);
    expect(tree.selection.size).toBe(0);
  });

  it('extends from where it began, and shrinks again', () => {
    tree.moveTo(1);
    tree.extendBy(1);
    tree.extendBy(1);
    expect(selected()).toEqual(['f0', 'f1', 'f2']);
    tree.extendBy(-1);
    expect(selected()).toEqual(['f0', 'f1']);
    tree.extendTo(0);
    expect(selected()).toEqual(['a', 'f0']);
    expect(tree.activeDid?.name).toBe('a');
  });

  it('adds rows that stand apart, in the order of the tree, and takes them out', () => {
    tree.moveTo(3);
    tree.selection.toggle(row(3));
    tree.moveTo(1);
    tree.selection.toggle(row(1), row(1));
    expect(selected()).toEqual(['f0', 'f2']);
    tree.extendBy(1);
    expect(selected()).toEqual(['f0', 'f1', 'f2']);
    tree.selection.toggle(row(3));
    expect(selected()).toEqual(['f0', 'f1']);
  });

  it('takes the row that one was at along with the first that is added', () => {
    tree.moveTo(1);
    tree.selection.toggle(row(4), row(1));
    expect(selected()).toEqual(['f0', 'f3']);
  });

  it('selects what is listed, and nothing else', async () => {
    void tree.expand(row(0));
    await api.opened[0].stream.send([item('demo:a1')]);
    tree.setNameFilter('f');
    tree.selection.selectAll();
    expect(selected()).toEqual(['f0', 'f1', 'f2', 'f3', 'f4']);
    tree.setNameFilter('f1');
    expect(tree.selection.hiddenCount).toBe(4);
    expect(selected()[0]).toBe('f1');
    tree.selection.clear();
    expect(tree.selection.size).toBe(0);
  });

  it('forgets rows that are gone', async () => {
    void tree.expand(row(0));
    await api.opened[0].stream.send([item('demo:a1')]);
    await api.opened[0].stream.end();
    tree.moveTo(1);
    tree.extendBy(1);
    expect(selected()).toEqual(['a1', 'f0']);
    void tree.reload(row(0));
    expect(selected()).toEqual(['f0']);
    tree.clear();
    expect(selected()).toEqual([]);
  });

  it('holds 100,000', () => {
    tree.append(files(100_000, 5));
    tree.moveTo(0);
    tree.extendTo(tree.length - 1);
    expect(tree.selection.size).toBe(100_006);
  });
});
