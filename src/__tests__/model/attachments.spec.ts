import { NotebookModel } from '@jupyterlab/notebook/lib/model';

import {
  type IAttachment,
  METADATA_KEY,
  NotebookAttachments
} from '../../model/attachments';

const file = (variableName: string, did = 'demo:a.root'): IAttachment => ({
  did,
  type: 'file',
  variableName,
  instance: 'escape'
});

describe('the attachments of a notebook', () => {
  let model: NotebookModel;
  let attachments: NotebookAttachments;
  let changes: number;

  const open = (metadata?: unknown) => {
    if (metadata !== undefined) {
      model.setMetadata(METADATA_KEY, metadata);
    }
    attachments = new NotebookAttachments(model);
    changes = 0;
    attachments.changed.connect(() => changes++);
  };

  beforeEach(() => {
    model = new NotebookModel();
  });

  afterEach(() => {
    attachments.dispose();
    model.dispose();
  });

  it('are written as other versions read them, and leave nothing when they are gone', () => {
    open();
    attachments.add(file('a'));
    expect(model.getMetadata(METADATA_KEY)).toEqual([
      {
        did: 'demo:a.root',
        type: 'file',
        variableName: 'a',
        instance: 'escape'
      }
    ]);
    attachments.removeByName('a');
    expect(model.metadata).not.toHaveProperty(METADATA_KEY);
    expect(changes).toBe(2);
  });

  it('are read from notebooks that name no instance', () => {
    open([{ did: 'demo:d', type: 'collection', variableName: 'd' }]);
    expect(attachments.attachments).toEqual([
      { did: 'demo:d', type: 'collection', variableName: 'd', instance: null }
    ]);
  });

  it('follow what another view or program writes', () => {
    open();
    model.setMetadata(METADATA_KEY, [
      { did: 'demo:d', type: 'dataset', variableName: 'd' }
    ]);
    expect(changes).toBe(1);
    expect(attachments.get('d')?.type).toBe('collection');
    model.setMetadata('other', 1);
    expect(changes).toBe(1);
  });

  it('keep what they cannot read until the user removes it', () => {
    const strange = [
      42,
      null,
      { did: 'nonsense', variableName: 'v' },
      { did: 'demo:a', type: 'file' },
      { did: 'demo:a', type: 'file', variableName: 'ok', more: { kept: true } },
      { did: 'demo:b', type: 'file', variableName: 'ok' }
    ];
    open(strange);
    expect(attachments.entries.map(({ fault }) => fault)).toEqual([
      'not_an_entry',
      'not_an_entry',
      'no_did',
      'no_variable_name',
      null,
      'name_twice'
    ]);
    expect(attachments.attachments.map(one => one.did)).toEqual(['demo:a']);

    attachments.add(file('new'));
    attachments.rename('ok', 'fine');
    attachments.remove(attachments.entries[0]);

    const kept = model.getMetadata(METADATA_KEY);
    expect(kept.slice(0, 3)).toEqual(strange.slice(1, 4));
    expect(kept[3]).toEqual({
      did: 'demo:a',
      type: 'file',
      variableName: 'fine',
      more: { kept: true }
    });
    // The other one is not in anybody's way any more.
    expect(attachments.get('ok')?.did).toBe('demo:b');
  });

  it('do not throw away metadata that is no list', () => {
    open({ was: 'here' });
    expect(attachments.entries.map(({ fault }) => fault)).toEqual([
      'not_a_list'
    ]);
    attachments.add(file('a'));
    expect(model.getMetadata(METADATA_KEY)[0]).toEqual({ was: 'here' });
    expect(attachments.get('a')).toBeDefined();
  });

  it('refuse a name that is in use', () => {
    open();
    attachments.add(file('a'));
    attachments.add(file('b'));
    expect(() => attachments.add(file('a', 'demo:z'))).toThrow('in use');
    expect(() => attachments.rename('a', 'b')).toThrow('in use');
    expect(attachments.attachments.map(one => one.variableName)).toEqual([
      'a',
      'b'
    ]);
  });

  it('remove nothing else when the list changed meanwhile', () => {
    open();
    attachments.add(file('a'));
    const [stale] = attachments.entries;
    model.setMetadata(METADATA_KEY, [
      { did: 'demo:z', type: 'file', variableName: 'z' }
    ]);
    attachments.remove(stale);
    expect(attachments.get('z')).toBeDefined();
  });
});
