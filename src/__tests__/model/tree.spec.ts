import type { DidRow } from '../../model/rows';
import { TreeModel } from '../../model/tree';
import { atOnce, fault, files, item, ScriptedApi, settled } from '../scripted';

describe('opening collections', () => {
  let api: ScriptedApi;
  let tree: TreeModel;
  const outcome = jest.fn();

  beforeEach(() => {
    outcome.mockClear();
    api = new ScriptedApi();
    tree = new TreeModel({
      content: (did, signal) => api.content('escape', did, signal),
      onOutcome: outcome,
      frames: atOnce
    });
    tree.append([item('demo:a', 'dataset'), item('demo:b', 'dataset')]);
  });

  afterEach(() => tree.dispose());

  const shown = () =>
    Array.from({ length: tree.length }, (_, i) => {
      const row = tree.at(i)!;
      return row.kind === 'did' ? row.item.did : `(${row.note})`;
    });
  const row = (index: number) => tree.at(index) as DidRow;

  it('asks for the children only then, and shows them as they arrive', async () => {
    expect(api.opened).toEqual([]);
    void tree.expand(row(0));
    expect(shown()).toEqual(['demo:a', '(loading)', 'demo:b']);
    const { did, stream } = api.opened[0];
    expect(did).toBe('demo:a');
    await stream.send(files(2));
    expect(shown()).toEqual([
      'demo:a',
      'demo:f0',
      'demo:f1',
      '(loading)',
      'demo:b'
    ]);
    await stream.end();
    expect(shown()).toEqual(['demo:a', 'demo:f0', 'demo:f1', 'demo:b']);
    expect(outcome).toHaveBeenCalledWith(null);

    tree.collapse(row(0));
    await tree.expand(row(0));
    expect(api.opened).toHaveLength(1);
  });

  it('says that an empty one is empty', async () => {
    void tree.expand(row(0));
    await api.opened[0].stream.end();
    expect(shown()).toEqual(['demo:a', '(empty)', 'demo:b']);
  });

  it('says where a list was cut', async () => {
    void tree.expand(row(0));
    await api.opened[0].stream.send(files(1));
    await api.opened[0].stream.end(true);
    expect(shown()).toEqual(['demo:a', 'demo:f0', '(truncated)', 'demo:b']);
  });

  it('keeps what came before a fault, says what it was, and tries again', async () => {
    void tree.expand(row(0));
    await api.opened[0].stream.send(files(1));
    await api.opened[0].stream.fail(fault('stream_cut'));
    expect(shown()).toEqual(['demo:a', 'demo:f0', '(failed)', 'demo:b']);

    void tree.reload(row(0));
    expect(shown()).toEqual(['demo:a', '(loading)', 'demo:b']);
    await api.opened[1].stream.send(files(2));
    await api.opened[1].stream.end();
    expect(shown()).toEqual(['demo:a', 'demo:f0', 'demo:f1', 'demo:b']);
  });

  it('drops the request of one that is closed again, and asks anew later', async () => {
    void tree.expand(row(0));
    const first = api.opened[0].stream;
    await first.send(files(1));
    tree.collapse(row(0));
    expect(first.signal?.aborted).toBe(true);
    await first.send(files(5));
    expect(shown()).toEqual(['demo:a', 'demo:b']);

    void tree.expand(row(0));
    await api.opened[1].stream.send(files(2));
    await api.opened[1].stream.end();
    expect(shown()).toEqual(['demo:a', 'demo:f0', 'demo:f1', 'demo:b']);
  });

  it('drops everything when the rows are taken away', async () => {
    void tree.expand(row(0));
    const { stream } = api.opened[0];
    tree.clear();
    expect(stream.signal?.aborted).toBe(true);
    await stream.send(files(3));
    await settled();
    expect(tree.length).toBe(0);
    expect(tree.active).toBeNull();
  });

  it('moves the active row to the collection that closes over it', async () => {
    void tree.expand(row(0));
    await api.opened[0].stream.send(files(3));
    await api.opened[0].stream.end();
    tree.moveTo(2);
    expect(tree.activeDid?.did).toBe('demo:f1');
    tree.collapse(row(0));
    expect(tree.activeDid?.did).toBe('demo:a');
  });

  it('finds rows by the letters typed', async () => {
    tree.append([item('demo:beta'), item('demo:Berlin')]);
    tree.moveTo(0);
    expect(tree.moveToName('b')).toBe(row(1));
    expect(tree.moveToName('b')).toBe(row(2));
    expect(tree.moveToName('be')).toBe(row(2));
    expect(tree.moveToName('ber')).toBe(row(3));
    expect(tree.moveToName('nothing')).toBeNull();
    expect(tree.active).toBe(row(3));
  });
});
