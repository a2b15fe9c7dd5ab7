import type { IInstance } from '../api/types';

/** A path as Jupyter's file browser names it; null where that does not show it. */
export function contentsPath(instance: IInstance, path: string): string | null {
  for (const { mount_path, contents_path } of instance.destinations) {
    const mount = mount_path.replace(/\/+$/, '');
    if (contents_path !== null && path.startsWith(`${mount}/`)) {
      const below = path.slice(mount.length + 1);
      return contents_path === '' ? below : `${contents_path}/${below}`;
    }
  }
  return null;
}

/** The folder that all files are in; null where they are in several. */
export function commonFolder(paths: readonly string[]): string | null {
  const folders = new Set(
    paths.map(path => path.slice(0, Math.max(0, path.lastIndexOf('/'))))
  );
  const [folder] = folders;
  return folders.size === 1 ? folder : null;
}
