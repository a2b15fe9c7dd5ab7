import type { IDisposable } from '@lumino/disposable';

import type { IInstance } from '../api/types';
import { BackOff, isPassing } from './backoff';
import { endOf, SOON_MS } from './expiry';
import type { InstancesModel } from './instances';
import { isPending } from './standing';

/** A token is provided anew by a program that nobody here can ask: looked for so soon, then less often. */
const FIRST_MS = 5_000;
/** While credentials are about to end, it is looked whether there are others already. */
const ENDING_MS = 60_000;
/** Browsers fire timers that are longer than 24 days at once. */
const LONGEST_TIMER_MS = 24 * 3_600_000;

/**
 * Keeps what is known of credentials true while nobody clicks.
 *
 * Looks when they are known to end, and, while they do not do, from time to time, so that work goes on
 * by itself when there are others. The server alone says whether they do: its clock and this one may
 * differ. Looks only while the page can be seen.
 */
export class CredentialsWatch implements IDisposable {
  constructor(private readonly _instances: InstancesModel) {
    this._again = new BackOff(async () => {
      await this._instances.look();
      return !this._isWaiting;
    }, FIRST_MS);
    this._instances.changed.connect(this._follow, this);
    this._follow();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.clearTimeout(this._timer);
    this._again.dispose();
    this._instances.changed.disconnect(this._follow, this);
  }

  /** The user came back to the page, or the network did: what is not well is looked at at once. */
  wake(): void {
    if (isSeen() && (this._isDue || this._isWaiting || !this._isWell)) {
      this._isDue = false;
      void this._look();
    }
  }

  private _follow(): void {
    if (this._isDisposed) {
      return;
    }
    if (this._isWaiting) {
      this._again.begin();
    } else {
      this._again.end();
    }
    window.clearTimeout(this._timer);
    const next = nextLook(this._instances.items, Date.now());
    if (next !== null) {
      this._timer = window.setTimeout(
        () => this._onTime(),
        Math.min(next - Date.now(), LONGEST_TIMER_MS)
      );
    }
  }

  private _onTime(): void {
    if (isSeen()) {
      void this._look();
    } else {
      this._isDue = true;
    }
  }

  private async _look(): Promise<void> {
    await this._instances.look();
    // Also where nothing could be learnt: it is still to be looked at in time.
    this._follow();
  }

  /** Whether something may become well without anybody's doing here. */
  private get _isWaiting(): boolean {
    const { phase, error, items, active, refusals } = this._instances;
    if (phase === 'failed') {
      return error !== null && isPassing(error);
    }
    const isWanted = ({ name }: IInstance) =>
      name === active?.name || refusals.has(name);
    return (
      refusals.areDoubtful ||
      items.some(
        item =>
          isWanted(item) &&
          (item.credentials_problem !== null ||
            isPending(item.problem) ||
            isOver(item, Date.now()))
      )
    );
  }

  private get _isWell(): boolean {
    const { active } = this._instances;
    return (
      active === null ||
      (this._instances.connection(active.name) === 'connected' &&
        this._instances.problem(active.name) === null)
    );
  }

  private readonly _again: BackOff;
  private _timer = 0;
  /** Whether it was time to look while nobody saw the page. */
  private _isDue = false;
  private _isDisposed = false;
}

/** Whether credentials should be over, and the server still says that they do. */
function isOver(instance: IInstance, now: number): boolean {
  const end = endOf(instance);
  return instance.authenticated && end !== null && end <= now;
}

/** When something is next known to change; null where nothing is. */
function nextLook(items: readonly IInstance[], now: number): number | null {
  const times = items.flatMap(item => {
    const end = endOf(item);
    if (!item.authenticated || end === null || end <= now) {
      return [];
    }
    const soon = end - SOON_MS;
    return [soon > now ? soon : Math.min(end, now + ENDING_MS)];
  });
  return times.length === 0 ? null : Math.min(...times);
}

function isSeen(): boolean {
  return document.visibilityState === 'visible';
}
