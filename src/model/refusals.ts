import type { IInstance } from '../api/types';

/**
 * So long a list that says otherwise is not believed: it may have been written before Rucio refused,
 * and who believes it would ask, be refused and ask again without end.
 */
const DOUBT_MS = 5_000;

interface IRefusal {
  readonly since: number;
  /** Whether the server has said so too. */
  isConfirmed: boolean;
}

/** The instances that refused a request of this page, until the server says that they accept us again. */
export class Refusals {
  /** Whether some refusal is known here alone, so that the server's word on it is still awaited. */
  get areDoubtful(): boolean {
    return [...this._refusals.values()].some(one => !one.isConfirmed);
  }

  has(name: string): boolean {
    return this._refusals.has(name);
  }

  note(name: string): void {
    if (!this._refusals.has(name)) {
      this._refusals.set(name, { since: Date.now(), isConfirmed: false });
    }
  }

  forget(name: string): void {
    this._refusals.delete(name);
  }

  /**
   * An instance as it may be shown, of what the server says.
   *
   * @param askedAt - when the server was asked
   * @param isFresh - whether the user wanted a fresh look: what was wrong has to show itself again
   */
  judge(instance: IInstance, askedAt: number, isFresh: boolean): IInstance {
    const refusal = this._refusals.get(instance.name);
    if (refusal === undefined) {
      return instance;
    }
    if (!instance.authenticated) {
      refusal.isConfirmed = true;
      return instance;
    }
    const isOver =
      isFresh || refusal.isConfirmed || askedAt - refusal.since >= DOUBT_MS;
    if (isOver) {
      this._refusals.delete(instance.name);
      return instance;
    }
    return { ...instance, authenticated: false };
  }

  private readonly _refusals = new Map<string, IRefusal>();
}
