import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Dialog, ICommandPalette, showDialog } from '@jupyterlab/apputils';
import {
  ITranslator,
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';
import type {
  ReadonlyJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';

import { asApiError, ErrorCode } from '../api/errors';
import type { IMakeAvailableRequest } from '../api/types';
import { CommandIDs } from '../commands';
import { formatCount } from '../components/format';
import type { IRefusal } from '../components/Refusals';
import { movingIcon } from '../icons';
import { isQuestion } from '../model/concerns';
import { inParallel } from '../model/pieces';
import type { IPlanEntry } from '../model/plan';
import {
  IAvailabilityModel,
  IInstancesModel,
  IRucioExplore,
  IRucioSettings
} from '../tokens';
import { askMakeAvailable } from '../widgets/makeAvailableDialog';
import { RefusalsWidget } from '../widgets/reason';
import { DIDS_ARGS_SCHEMA, targetsOf, type ITargets } from './targets';

/** Each gets a rule of its own; whoever wants more means the collection that they are in. */
const MOST_DIDS = 1000;
const REQUESTS_AT_ONCE = 4;
/** Longer than this nobody waits to be asked; Rucio refuses what cannot be. */
const PLAN_MS = 3_000;

const ARGS_SCHEMA: ReadonlyJSONObject = {
  ...DIDS_ARGS_SCHEMA,
  properties: {
    ...(DIDS_ARGS_SCHEMA.properties as ReadonlyJSONObject),
    rse: {
      type: 'string',
      description:
        'One of the instance’s destinations; its first one where it is left out'
    },
    lifetime_days: {
      type: 'number',
      description: 'Days until Rucio may remove the data again'
    }
  }
};

/** Has Rucio bring data to where notebooks read it, and asks before where that is called for. */
export const makeAvailablePlugin: JupyterFrontEndPlugin<void> = {
  id: 'rucio-jupyterlab:make-available',
  description: 'Adds the commands that make DIDs available.',
  autoStart: true,
  requires: [
    IInstancesModel,
    IAvailabilityModel,
    IRucioExplore,
    IRucioSettings
  ],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    instances: IInstancesModel,
    availability: IAvailabilityModel,
    explore: IRucioExplore,
    settings: IRucioSettings,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('rucio-jupyterlab');
    const { commands } = app;
    const maker = new Maker(instances, availability, settings, trans, name =>
      commands.execute(CommandIDs.signIn, { instance: name })
    );
    const targets = (args: ReadonlyPartialJSONObject) =>
      targetsOf(args, instances, explore);
    const isEnabled = (args: ReadonlyPartialJSONObject) =>
      targets(args) !== null;
    /** A label that says how many are meant, where that is more than one. */
    const counted = (label: string) => (args: ReadonlyPartialJSONObject) => {
      const count = targets(args)?.items.length ?? 0;
      return count > 1 ? `${label} (${formatCount(count)})` : label;
    };

    commands.addCommand(CommandIDs.makeAvailable, {
      label: counted(trans.__('Make Available')),
      caption: trans.__('Have Rucio bring the data to where notebooks read it'),
      icon: movingIcon,
      describedBy: { args: ARGS_SCHEMA },
      isEnabled,
      execute: async args => {
        const meant = targets(args);
        if (meant !== null) {
          await maker.make(meant, wishOf(args));
        }
      }
    });
    commands.addCommand(CommandIDs.makeAvailableAs, {
      label: counted(trans.__('Make Available…')),
      caption: trans.__(
        'Choose where the data is to go and for how long, and see what it means'
      ),
      describedBy: { args: ARGS_SCHEMA },
      isEnabled,
      execute: async args => {
        const meant = targets(args);
        if (meant !== null) {
          await maker.ask(meant, wishOf(args));
        }
      }
    });
    const ids = [CommandIDs.makeAvailable, CommandIDs.makeAvailableAs];
    for (const command of ids) {
      palette?.addItem({ command, category: trans.__('Rucio') });
    }
    explore.selectionChanged.connect(
      () => ids.forEach(id => commands.notifyCommandChanged(id)),
      commands
    );
  }
};

/** What a caller wishes, where it does not leave that to the instance and the user. */
interface IWish {
  rse?: string;
  lifetimeDays?: number;
}

function wishOf(args: ReadonlyPartialJSONObject): IWish {
  return {
    rse: typeof args.rse === 'string' ? args.rse : undefined,
    lifetimeDays:
      typeof args.lifetime_days === 'number' && args.lifetime_days > 0
        ? args.lifetime_days
        : undefined
  };
}

class Maker {
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
        rse: choice.rse,
        lifetimeDays: choice.lifetimeDays ?? undefined
      });
    }
  }

  private async _start(targets: ITargets, wish: IWish): Promise<void> {
    const { instance, items } = targets;
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
        title: this._trans.__('Not all is made available'),
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
