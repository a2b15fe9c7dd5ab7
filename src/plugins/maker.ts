import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { asApiError, ErrorCode } from '../api/errors';
import type { IDownloadRequest, IMakeAvailableRequest } from '../api/types';
import { formatBytes, formatCount } from '../components/format';
import type { IRefusal } from '../components/Refusals';
import { isLarge, isQuestion } from '../model/concerns';
import { inParallel } from '../model/pieces';
import type { IPlanEntry } from '../model/plan';
import type {
  IAvailabilityModel,
  IInstancesModel,
  IRucioSettings
} from '../tokens';
import { askMakeAvailable } from '../widgets/makeAvailableDialog';
import { RefusalsWidget } from '../widgets/reason';
import type { ITargets } from './targets';

/** Each gets a rule of its own; whoever wants more means the collection that they are in. */
const MOST_DIDS = 1000;
const REQUESTS_AT_ONCE = 4;
/** Longer than this nobody waits to be asked; Rucio refuses what cannot be. */
const PLAN_MS = 3_000;

/** What a caller wishes, where it does not leave that to the instance and the user. */
export interface IWish {
  rse?: string;
  lifetimeDays?: number;
}

/** Makes DIDs available, by rules or by downloads, and asks before where that is called for. */
export class Maker {
  constructor(
    private readonly _instances: IInstancesModel,
    private readonly _availability: IAvailabilityModel,
    private readonly _settings: IRucioSettings,
    private readonly _trans: TranslationBundle,
    private readonly _signIn: (instance: string) => Promise<void>
  ) {}

  /** Starts at once where nothing has to be asked before. */
  async make(targets: ITargets, wish: IWish): Promise<void> {
    if (await this._isTooMany(targets)) {
      return;
    }
    const instance = this._instances.get(targets.instance);
    const entry = await this._plan(targets);
    const isAsked =
      instance !== undefined &&
      isQuestion({
        plan: entry?.value ?? null,
        rse: wish.rse,
        places: instance.destinations.length,
        knownBytes: this._knownBytes(targets),
        largeBytes: this._settings.confirmSizeBytes
      });
    if (isAsked) {
      await this.ask(targets, wish);
    } else {
      await this._start(targets, {
        rse: wish.rse,
        lifetimeDays: this._lifetimeDays(wish)
      });
    }
  }

  /** Asks where to and for how long, and starts when that is answered. */
  async ask(targets: ITargets, wish: IWish): Promise<void> {
    const instance = this._instances.get(targets.instance);
    if (instance === undefined || (await this._isTooMany(targets))) {
      return;
    }
    const choice = await askMakeAvailable({
      instance,
      dids: targets.items.map(item => item.did),
      plans: this._availability.plans,
      rse: wish.rse,
      defaultLifetimeDays: this._lifetimeDays(wish) ?? 0,
      largeBytes: this._settings.confirmSizeBytes,
      trans: this._trans
    });
    if (choice) {
      await this._start(targets, {
        rse: choice.rse || undefined,
        lifetimeDays: choice.lifetimeDays ?? undefined
      });
    }
  }

  /** Downloads to the disk of the server, whatever else available means there. */
  async download(targets: ITargets): Promise<void> {
    const instance = this._instances.get(targets.instance);
    if (instance?.mode === 'download') {
      await this.make(targets, {});
    } else if (!(await this._isTooMany(targets))) {
      const bytes = this._knownBytes(targets);
      const isWanted =
        !isLarge(bytes, this._settings.confirmSizeBytes) ||
        (await this._confirmBytes(bytes));
      if (isWanted) {
        await this._startDownloads(targets);
      }
    }
  }

  /** One job for all that are wanted, and one for each dataset whose files are. */
  private async _startDownloads(targets: ITargets): Promise<void> {
    const { instance, items } = targets;
    const byParent = new Map<string | null, string[]>();
    for (const { did, parent = null } of items) {
      byParent.set(parent, [...(byParent.get(parent) ?? []), did]);
    }
    const refusals: IRefusal[] = [];
    for (const [parent, dids] of byParent) {
      const request: IDownloadRequest = { dids, ...(parent && { parent }) };
      try {
        await this._availability.download(instance, request);
      } catch (reason) {
        const error = asApiError(reason);
        refusals.push(...dids.map(did => ({ did, error })));
      }
    }
    await this._tell(instance, items.length, refusals);
  }

  private async _confirmBytes(bytes: number): Promise<boolean> {
    const trans = this._trans;
    const { button } = await showDialog({
      title: trans.__('Download'),
      body: trans.__(
        'It is %1: it will take time and room on the disk.',
        formatBytes(bytes)
      ),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Download') })
      ]
    });
    return button.accept;
  }

  private async _start(targets: ITargets, wish: IWish): Promise<void> {
    const { instance, items } = targets;
    if (this._instances.get(instance)?.mode === 'download') {
      return this._startDownloads(targets);
    }
    const refusals: IRefusal[] = [];
    await inParallel(items, REQUESTS_AT_ONCE, async ({ did }) => {
      const request: IMakeAvailableRequest = { did };
      if (wish.rse !== undefined) {
        request.rse = wish.rse;
      }
      if (wish.lifetimeDays !== undefined) {
        request.lifetime_days = wish.lifetimeDays;
      }
      try {
        await this._availability.makeAvailable(instance, request);
      } catch (reason) {
        refusals.push({ did, error: asApiError(reason) });
      }
    });
    await this._tell(instance, items.length, refusals);
  }

  /** What was refused is in its row; of several it is also said in one place. */
  private async _tell(
    instance: string,
    total: number,
    refusals: readonly IRefusal[]
  ): Promise<void> {
    const isSignedOut = refusals.some(
      ({ error }) => error.code === ErrorCode.notAuthenticated
    );
    if (isSignedOut) {
      await this._signIn(instance);
    } else if (total > 1 && refusals.length > 0) {
      await showDialog({
        title: this._trans.__('Not all has been started'),
        body: new RefusalsWidget({ refusals, total, trans: this._trans }),
        buttons: [Dialog.okButton({ label: this._trans.__('Close') })]
      });
    }
  }

  private async _isTooMany(targets: ITargets): Promise<boolean> {
    const count = targets.items.length;
    if (count <= MOST_DIDS) {
      return false;
    }
    const trans = this._trans;
    await showDialog({
      title: trans.__('That is too many'),
      body: trans.__(
        '%1 are selected, and each would get a rule of its own. Make the collection available that they are in, or at most %2 at once.',
        formatCount(count),
        formatCount(MOST_DIDS)
      ),
      buttons: [Dialog.okButton({ label: trans.__('Close') })]
    });
    return true;
  }

  /** What it means, unless that takes too long. */
  private _plan(targets: ITargets): Promise<IPlanEntry | null> {
    const dids = targets.items.map(item => item.did);
    return Promise.race([
      this._availability.plans.fetch(targets.instance, dids),
      new Promise<null>(resolve =>
        window.setTimeout(() => resolve(null), PLAN_MS)
      )
    ]);
  }

  private _knownBytes(targets: ITargets): number {
    return targets.items.reduce((sum, { did, size }) => {
      const value = this._availability.get(targets.instance, did);
      return sum + (value?.bytes_total ?? size ?? 0);
    }, 0);
  }

  private _lifetimeDays(wish: IWish): number | undefined {
    return (
      wish.lifetimeDays ?? (this._settings.defaultLifetimeDays || undefined)
    );
  }
}
