import type { IInstance, IServerFolder } from '../api/types';

/** A path as Jupyter's file browser names it; null where that does not show it. */
export function contentsPath(instance: IInstance, path: string): string | null {
  for (const { path: folder, contents_path } of dataFolders(instance)) {
    const mount = folder.replace(/\/+$/, '');
    if (contents_path !== null && path.startsWith(`${mount}/`)) {
      const below = path.slice(mount.length + 1);
      return contents_path === '' ? below : `${contents_path}/${below}`;
    }
  }
  return null;
}

/** The folders that data is in, those included that the file browser does not show. */
export function dataFolders(instance: IInstance): IServerFolder[] {
  const mounts = [...instance.destinations, ...instance.scratch].map(
    ({ mount_path: path, contents_path }) => ({ path, contents_path })
  );
  const { download_folder: downloads } = instance;
  return downloads === null ? mounts : [...mounts, downloads];
}

/** The folder that all files are in; null where they are in several. */
export function commonFolder(paths: readonly string[]): string | null {
  const folders = new Set(
    paths.map(path => path.slice(0, Math.max(0, path.lastIndexOf('/'))))
  );
  const [folder] = folders;
  return folders.size === 1 ? folder : null;
}
