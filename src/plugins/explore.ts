import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import type { DidTypeFilter } from '../api/types';
import { CommandIDs } from '../commands';
import { SearchModel } from '../model/search';
import {
  IAvailabilityModel,
  IInstancesModel,
  IRucioApi,
  IRucioExplore,
  IRucioPanel,
  IRucioSettings,
  type ISelection
} from '../tokens';
import { ExploreWidget } from '../widgets/explore';

const SECTION_ID = 'explore';
const SECTION_RANK = 100;

/** The section that finds DIDs and opens them. */
export const explorePlugin: JupyterFrontEndPlugin<IRucioExplore> = {
  id: 'rucio-jupyterlab:explore',
  description: 'Adds the search for DIDs to the Rucio sidebar.',
  autoStart: true,
  requires: [
    IRucioApi,
    IInstancesModel,
    IAvailabilityModel,
    IRucioPanel,
    IRucioSettings
  ],
  optional: [ICommandPalette, ITranslator],
  provides: IRucioExplore,
  activate: (
    app: JupyterFrontEnd,
    api: IRucioApi,
    instances: IInstancesModel,
    availability: IAvailabilityModel,
    panel: IRucioPanel,
    settings: IRucioSettings,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('rucio-jupyterlab');
    const { commands } = app;
    const model = new SearchModel({
      api,
      instances,
      limit: () => settings.searchLimit || undefined
    });
    const widget = new ExploreWidget({
      model,
      instances,
      availability,
      trans,
      onSignIn: () => void commands.execute(CommandIDs.signIn),
      onAction: (item, action) => {
        const args = {
          did: item.did,
          type: item.type,
          instance: model.instance
        };
        switch (action) {
          case 'make-available':
            void commands.execute(CommandIDs.makeAvailable, args);
            break;
          case 'attach':
            void commands.execute(CommandIDs.attach, args);
            break;
          case 'explain':
            void commands.execute(CommandIDs.explain, args);
            break;
          default:
            availability.refresh(model.instance);
        }
      }
    });
    const section = panel.addSection({
      id: SECTION_ID,
      title: trans.__('Explore'),
      rank: SECTION_RANK,
      widget
    });
    const explore = new Explore(model, widget, () => {
      void commands.execute(CommandIDs.open);
      panel.expandSection(SECTION_ID);
    });
    widget.disposed.connect(() => {
      section.dispose();
      model.dispose();
    }, explore);

    commands.addCommand(CommandIDs.search, {
      label: trans.__('Search in Rucio'),
      caption: trans.__('Find data identifiers'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            text: {
              type: 'string',
              description:
                'scope:name, or scope: for everything in it; without it the search field gets the cursor'
            },
            type: {
              type: 'string',
              enum: ['all', 'collection', 'container', 'dataset', 'file']
            }
          }
        }
      },
      execute: async args => {
        if (typeof args.text === 'string') {
          await explore.search(args.text, args.type as DidTypeFilter);
        } else {
          explore.focus();
        }
      }
    });
    palette?.addItem({
      command: CommandIDs.search,
      category: trans.__('Rucio')
    });
    return explore;
  }
};

class Explore implements IRucioExplore {
  constructor(
    private readonly _model: SearchModel,
    private readonly _widget: ExploreWidget,
    private readonly _show: () => void
  ) {
    this._model.tree.changed.connect(this._onTreeChanged, this);
  }

  readonly selectionChanged: Signal<IRucioExplore, void> = new Signal(this);

  get selection(): ISelection | null {
    const item = this._model.tree.activeDid;
    return item && { instance: this._model.instance, item };
  }

  async search(text: string, type?: DidTypeFilter): Promise<void> {
    this._show();
    await this._model.search(text, type);
  }

  retry(): void {
    if (this._model.phase === 'failed') {
      void this._model.again();
    }
  }

  focus(): void {
    this._show();
    this._widget.focusSearch();
  }

  private _onTreeChanged(): void {
    this.selectionChanged.emit();
  }
}
