import { CodeLink, type IAnswer, type IRequest } from './codeLink';
import type { IEntry } from './stringEntries';

/**
 * A way into a kernel that takes one variable at a time, and in which nothing can be kept out of the
 * user's sight: what was set is remembered here.
 */
export abstract class EntryLink extends CodeLink {
  /** Sets a variable; what is wrong, or null where the kernel has said that it is set. */
  protected abstract put(entry: IEntry): Promise<string | null>;

  /** Takes a variable away if it still holds what was set. */
  protected abstract take(entry: IEntry): Promise<void>;

  protected async ask(request: IRequest): Promise<IAnswer> {
    const done: string[] = [];
    const problems: Record<string, string> = {};
    const asked = request.dids.map(entry => this.put(entry));
    const answers = await Promise.all(asked);
    for (const [index, problem] of answers.entries()) {
      const entry = request.dids[index];
      if (problem === null) {
        this._set.set(entry.name, entry);
        done.push(entry.name);
      } else {
        problems[entry.name] = problem;
      }
    }
    for (const name of request.variable_names) {
      const entry = this._set.get(name);
      this._set.delete(name);
      if (entry) {
        await this.take(entry);
      }
    }
    return { variable_names: done, problems };
  }

  /** What a variable was set to, as far as it was over this link. */
  protected known(name: string): IEntry | undefined {
    return this._set.get(name);
  }

  private readonly _set = new Map<string, IEntry>();
}
