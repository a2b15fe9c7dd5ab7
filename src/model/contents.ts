import type { ApiError } from '../api/errors';
import type { IDidItem, IStreamEnd } from '../api/types';
import { onNextFrame, pump, type FrameScheduler } from './frames';
import { Section } from './section';
import { TreeModel } from './tree';

/**
 * What is in a collection, level by level, fetched when it is shown.
 *
 * The rows are the tree's, and told by `tree.changed`; what is held beside them is how many came.
 */
export class Contents extends Section<Contents.ICame> {
  constructor(options: Contents.IOptions) {
    const { did, content, onOutcome, frames = onNextFrame } = options;
    const tree = new TreeModel({ content, onOutcome, frames });
    super({
      fetch: async (signal, show) => {
        let count = 0;
        const end = await pump(content(did, signal), {
          apply: items => {
            count += tree.append(items);
            show({ count, isTruncated: false });
          },
          signal,
          frames
        });
        return { count, isTruncated: end.truncated };
      },
      onOutcome
    });
    this.tree = tree;
  }

  readonly tree: TreeModel;

  /** Children that came so far. */
  get count(): number {
    return this.value?.count ?? 0;
  }

  get isTruncated(): boolean {
    return this.value?.isTruncated ?? false;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      super.dispose();
      this.tree.dispose();
    }
  }

  /** Fetches again, from nothing: rows of before and rows of now would be mixed. */
  override async reload(): Promise<void> {
    if (!this.isDisposed) {
      this.forget();
      await super.reload();
    }
  }

  override forget(): void {
    this.tree.clear();
    super.forget();
  }
}

export namespace Contents {
  export interface ICame {
    readonly count: number;
    readonly isTruncated: boolean;
  }

  export interface IOptions {
    did: string;
    /** The children of a collection, one level. */
    content: (
      did: string,
      signal: AbortSignal
    ) => AsyncGenerator<IDidItem[], IStreamEnd>;
    /** Told how each request ended that was not given up. */
    onOutcome: (error: ApiError | null) => void;
    frames?: FrameScheduler;
  }
}
