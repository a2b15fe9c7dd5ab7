import { ApiError } from '../../api/errors';
import type { ICopy } from '../../api/types';
import { CopiesModel } from '../../model/copies';
import { fault, ScriptedApi, settled } from '../scripted';

function copy(did: string, bytes: number): ICopy {
  return {
    did,
    type: 'dataset',
    path: `/home/alice/rucio/${did}`,
    contents_path: `rucio/${did}`,
    files: 2,
    bytes,
    is_complete: true,
    is_legacy: false,
    modified_at: null
  };
}

describe('local copies', () => {
  let api: ScriptedApi;
  let model: CopiesModel;

  beforeEach(async () => {
    api = new ScriptedApi();
    api.localCopies = [copy('demo:a', 1000), copy('demo:b', 500)];
    model = new CopiesModel(api, 'escape');
    await model.list.ensure();
  });
  afterEach(() => model.dispose());

  it('are summed up', () => {
    expect(model.totalBytes).toBe(1500);
  });

  it('go only after a question, one by one', async () => {
    await model.deleteAsked();
    expect(api.deletedCopies).toEqual([]);
    model.ask('demo:a');
    model.ask(null);
    await model.deleteAsked();
    expect(api.deletedCopies).toEqual([]);

    model.ask('demo:a');
    const deleted = model.deleteAsked();
    expect(model.deleting).toBe('demo:a');
    model.ask('demo:b');
    await model.deleteAsked();
    expect(api.deletedCopies.map(({ did }) => did)).toEqual(['demo:a']);
    api.localCopies = [copy('demo:b', 500)];
    await api.deletedCopies[0].answer.give(1000);
    await deleted;
    expect(model.outcome).toEqual({ did: 'demo:a', bytes: 1000 });
    expect(model.totalBytes).toBe(500);
  });

  it('stay where the server refuses, which is said', async () => {
    model.ask('demo:a');
    const deleted = model.deleteAsked();
    await api.deletedCopies[0].answer.refuse(
      fault('copy_in_use', 'A download writes it.')
    );
    await deleted;
    await settled();
    expect(model.outcome).toBeInstanceOf(ApiError);
    expect(model.totalBytes).toBe(1500);
  });
});
