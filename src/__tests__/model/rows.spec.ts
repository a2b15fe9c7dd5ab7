import { NoteRow, type DidRow } from '../../model/rows';
import { VisibleRows } from '../../model/visibleRows';
import { files, item } from '../scripted';

/** What a user would read from top to bottom. */
function shown(rows: VisibleRows): string[] {
  return Array.from({ length: rows.length }, (_, i) => {
    const row = rows.at(i)!;
    expect(rows.indexOf(row)).toBe(i);
    return row.kind === 'did' ? row.item.did : `(${row.note})`;
  });
}

const row = (rows: VisibleRows, index: number) => rows.at(index) as DidRow;

describe('the visible rows', () => {
  it('keep their order while closed and open collections mix', () => {
    const rows = new VisibleRows();
    rows.append(rows.root, [
      item('demo:a', 'container'),
      item('demo:b', 'dataset')
    ]);
    const a = row(rows, 0);
    const b = row(rows, 1);
    rows.expand(b);
    rows.append(b.children, [item('demo:b1')]);
    rows.expand(a);
    rows.append(a.children, [item('demo:a1', 'dataset')]);
    const a1 = row(rows, 1);
    rows.expand(a1);
    rows.append(a1.children, files(2));
    rows.append(rows.root, [item('demo:c')]);
    expect(shown(rows)).toEqual([
      'demo:a',
      'demo:a1',
      'demo:f0',
      'demo:f1',
      'demo:b',
      'demo:b1',
      'demo:c'
    ]);

    rows.collapse(a);
    expect(shown(rows)).toEqual(['demo:a', 'demo:b', 'demo:b1', 'demo:c']);
    // What arrives while it is closed is there when it is opened, and what was open is open again.
    rows.append(a1.children, files(1, 2));
    rows.expand(a);
    expect(shown(rows)).toEqual([
      'demo:a',
      'demo:a1',
      'demo:f0',
      'demo:f1',
      'demo:f2',
      'demo:b',
      'demo:b1',
      'demo:c'
    ]);
  });

  it('keep a note below the children that go on arriving', () => {
    const rows = new VisibleRows();
    rows.append(rows.root, [item('demo:a', 'dataset'), item('demo:z')]);
    const a = row(rows, 0);
    rows.expand(a);
    rows.setNote(a.children, new NoteRow('loading', a.children));
    rows.append(a.children, files(2));
    expect(shown(rows)).toEqual([
      'demo:a',
      'demo:f0',
      'demo:f1',
      '(loading)',
      'demo:z'
    ]);
    rows.setNote(a.children, null);
    expect(shown(rows)).toEqual(['demo:a', 'demo:f0', 'demo:f1', 'demo:z']);
  });

  it('list a DID once, even where Rucio says it twice', () => {
    const rows = new VisibleRows();
    expect(rows.append(rows.root, files(3))).toBe(3);
    expect(rows.append(rows.root, files(3, 1))).toBe(1);
    expect(shown(rows)).toEqual(['demo:f0', 'demo:f1', 'demo:f2', 'demo:f3']);
  });

  it('hold 100,000 children in the middle and give them up again', () => {
    const rows = new VisibleRows();
    rows.append(rows.root, [item('demo:a', 'dataset'), item('demo:z')]);
    const a = row(rows, 0);
    const z = row(rows, 1);
    rows.expand(a);
    for (let i = 0; i < 100; i++) {
      rows.append(a.children, files(1000, i * 1000));
    }
    expect(rows.length).toBe(100_002);
    expect(rows.indexOf(z)).toBe(100_001);
    expect(row(rows, 54_321).item.did).toBe('demo:f54320');
    rows.collapse(a);
    expect(shown(rows)).toEqual(['demo:a', 'demo:z']);
    rows.expand(a);
    expect(rows.length).toBe(100_002);
  });
});
