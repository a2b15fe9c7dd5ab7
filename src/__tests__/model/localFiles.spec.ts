import { commonFolder, contentsPath } from '../../model/contentsPath';
import { findLocalFiles } from '../../model/localFiles';
import { availability, instance, ScriptedApi, settled } from '../scripted';

const KEY = { instance: 'escape', did: 'demo:set' };

async function ask(
  api: ScriptedApi,
  ...[state, more]: [
    Parameters<typeof availability>[1],
    Parameters<typeof availability>[2]?
  ]
) {
  const found = findLocalFiles(api, KEY, 2);
  await settled();
  await api.asked[0].answer.give([availability(KEY.did, state, more)]);
  return found;
}

function files(count: number, path: (index: number) => string | null) {
  return Array.from({ length: count }, (_, index) => ({
    did: `demo:f${index}.root`,
    size: 1,
    path: path(index),
    pfn: null
  }));
}

describe('finding the files of a DID on the server', () => {
  it('gives the path of an available file', async () => {
    const found = await ask(new ScriptedApi(), 'available', {
      type: 'file',
      path: '/eos/a.csv'
    });
    expect(found.paths).toEqual(['/eos/a.csv']);
    expect(found.example).toBe(KEY.did);
  });

  it('gives the paths of an available collection, and tells its format by one', async () => {
    const api = new ScriptedApi();
    api.fileItems = files(2, index => `/eos/f${index}.root`);
    const found = await ask(api, 'available');
    expect(found.paths).toEqual(['/eos/f0.root', '/eos/f1.root']);
    expect(found.example).toBe('demo:f0.root');
  });

  it('gives none where there are too many for a text', async () => {
    const api = new ScriptedApi();
    api.fileItems = files(3, index => `/eos/f${index}.root`);
    const found = await ask(api, 'available');
    expect(found.paths).toBeNull();
    expect(found.isMany).toBe(true);
  });

  it('gives none, not even those that are there, while the collection is not all there', async () => {
    const api = new ScriptedApi();
    api.fileItems = files(1, () => '/eos/f0.root');
    const found = await ask(api, 'partial');
    expect(found.paths).toBeNull();
    expect(found.isMany).toBe(false);
    expect(found.example).toBe('demo:f0.root');
  });

  it('gives none where one file has no place below the mount', async () => {
    const api = new ScriptedApi();
    api.fileItems = files(2, index => (index ? null : '/eos/f0.root'));
    expect((await ask(api, 'available')).paths).toBeNull();
  });

  it('says what the server says of a DID that Rucio does not know', async () => {
    const found = await ask(new ScriptedApi(), 'unknown', {
      type: null,
      message: 'Rucio has no such DID.'
    });
    expect(found.paths).toBeNull();
    expect(found.message).toBe('Rucio has no such DID.');
  });
});

describe('paths in the file browser', () => {
  const mounted = (mount_path: string, contents_path: string | null) =>
    instance('escape', {
      destinations: [{ rse: 'A', mount_path, mounted: true, contents_path }]
    });

  it('begin where the browser shows the mount', () => {
    const lake = mounted('/home/alice/lake', 'lake');
    expect(contentsPath(lake, '/home/alice/lake/demo/f.root')).toBe(
      'lake/demo/f.root'
    );
    expect(contentsPath(lake, '/home/alice/lakeside/f.root')).toBeNull();
  });

  it('may begin at the root itself', () => {
    expect(contentsPath(mounted('/eos/', ''), '/eos/demo/f.root')).toBe(
      'demo/f.root'
    );
  });

  it('are none where the browser does not show the mount', () => {
    expect(contentsPath(mounted('/eos', null), '/eos/f.root')).toBeNull();
  });

  it('of a collection is the folder of all its files, or none', () => {
    expect(commonFolder(['/a/b/c', '/a/b/d'])).toBe('/a/b');
    expect(commonFolder(['/a/b/c', '/a/d'])).toBeNull();
    expect(commonFolder([])).toBeNull();
  });
});
