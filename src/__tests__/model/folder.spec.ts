import type { IFolder } from '../../api/types';
import { FolderModel } from '../../model/folder';
import { Answer, fault, folder, ScriptedApi, settled } from '../scripted';

describe('looking for a file on the server', () => {
  const home = '/home/alice';
  let api: ScriptedApi;
  let model: FolderModel;

  beforeEach(() => {
    api = new ScriptedApi();
    api.folders = {
      [home]: folder(home, '.globus/', 'notes/', 'token'),
      [`${home}/.globus`]: folder(
        `${home}/.globus`,
        'usercert.pem',
        'userkey.pem',
        '!old.pem'
      )
    };
    model = new FolderModel(path => api.folder(path));
  });

  it('begins at home, at the first entry', async () => {
    await model.begin('');
    expect(model.folder?.path).toBe(home);
    expect(model.active?.name).toBe('.globus');
  });

  it('begins at the file of before, where it still is', async () => {
    await model.begin(`${home}/.globus/userkey.pem`);
    expect(model.active?.path).toBe(`${home}/.globus/userkey.pem`);
  });

  it.each(['/gone/usercert.pem', 'usercert.pem'])(
    'begins at home where the file of before is nowhere: %s',
    async file => {
      await model.begin(file);
      expect(model.folder?.path).toBe(home);
      expect(model.error).toBeNull();
    }
  );

  it('comes back up at the folder that was left', async () => {
    await model.open(home, `${home}/notes`);
    api.folders[`${home}/notes`] = folder(`${home}/notes`);
    await model.open(`${home}/notes`);
    expect(model.active).toBeNull();
    await model.up();
    expect(model.active?.name).toBe('notes');
  });

  it('stays where it is when a folder cannot be opened, and says why', async () => {
    await model.open();
    api.folders['/root'] = fault('folder_unreadable', '/root cannot be read.');
    await model.open('/root');
    expect(model.folder?.path).toBe(home);
    expect(model.error?.message).toBe('/root cannot be read.');
    await model.open(home);
    expect(model.error).toBeNull();
  });

  it('finds a file whose path is typed', async () => {
    await model.open();
    const path = `${home}/.globus/usercert.pem`;
    api.folders[path] = fault('not_a_folder');
    expect(await model.go(path)).toMatchObject({ path, is_readable: true });
    expect(await model.go('/nowhere')).toBeNull();
    expect(model.error?.code).toBe('no_such_folder');
  });

  it('finds a file whose path is typed beyond those that are listed', async () => {
    const path = `${home}/crowd/last.pem`;
    api.folders[`${home}/crowd`] = {
      ...folder(`${home}/crowd`, 'first.pem'),
      truncated: true
    };
    api.folders[path] = fault('not_a_folder');
    expect(await model.go(path)).toMatchObject({ path });
  });

  it('shows the folder that was asked for last, whichever answer comes last', async () => {
    const answers = new Map<string | undefined, Answer<IFolder>>();
    model = new FolderModel(path => {
      const answer = new Answer<IFolder>();
      answers.set(path, answer);
      return answer.promise;
    });
    const first = model.open('/slow');
    const second = model.open('/fast');
    await answers.get('/fast')?.give(folder('/fast', 'a'));
    await answers.get('/slow')?.give(folder('/slow', 'b'));
    expect(await first).toBe(false);
    expect(await second).toBe(true);
    await settled();
    expect(model.folder?.path).toBe('/fast');
    expect(model.isLoading).toBe(false);
  });

  it('moves to names as they are typed', async () => {
    await model.open(`${home}/.globus`);
    model.moveToName('u');
    expect(model.active?.name).toBe('userkey.pem');
    model.moveToName('u');
    expect(model.active?.name).toBe('usercert.pem');
    model.moveToName('userk');
    expect(model.active?.name).toBe('userkey.pem');
    model.moveToName('zzz');
    expect(model.active?.name).toBe('userkey.pem');
    model.moveBy(10);
    expect(model.active?.name).toBe('old.pem');
  });
});
