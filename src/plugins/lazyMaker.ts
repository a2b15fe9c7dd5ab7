import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';
import type {
  IAvailabilityModel,
  IInstancesModel,
  IRucioSettings
} from '../tokens';
import type { Maker } from './maker';

/** Gives the maker, which is loaded once somebody makes something available. */
export function lazyMaker(
  { commands }: JupyterFrontEnd,
  instances: IInstancesModel,
  availability: IAvailabilityModel,
  settings: IRucioSettings,
  trans: TranslationBundle
): () => Promise<Maker> {
  let made: Promise<Maker> | null = null;
  return () =>
    (made ??= import('./maker').then(
      ({ Maker }) =>
        new Maker(instances, availability, settings, trans, name =>
          commands.execute(CommandIDs.signIn, { instance: name })
        )
    ));
}
