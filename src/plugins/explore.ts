import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { CommandIDs } from '../commands';
import type { SelectionAction } from '../components/SelectionBar';
import { fromFilters } from '../model/filters';
import { HistoryModel } from '../model/history';
import { datasetAround } from '../model/rows';
import { SearchModel, type ISearchChanges } from '../model/search';
import {
  IAvailabilityModel,
  IInstancesModel,
  IRucioApi,
  IRucioExplore,
  IRucioPanel,
  IRucioSettings,
  type ISearchOptions,
  type ISelection,
  type ISelectionSource
} from '../tokens';
import { ExploreWidget } from '../widgets/explore';
import { SelectionSources } from '../widgets/selectionSources';

const SECTION_ID = 'explore';
const SECTION_RANK = 100;

const SELECTION_COMMANDS: Record<SelectionAction, string> = {
  'make-available': CommandIDs.makeAvailable,
  attach: CommandIDs.attach,
  copy: CommandIDs.copyDid
};

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
  optional: [ITranslator, IStateDB],
  provides: IRucioExplore,
  activate: (
    app: JupyterFrontEnd,
    api: IRucioApi,
    instances: IInstancesModel,
    availability: IAvailabilityModel,
    panel: IRucioPanel,
    settings: IRucioSettings,
    translator: ITranslator | null,
    state: IStateDB | null
  ) => {
    const trans = (translator ?? nullTranslator).load('rucio-jupyterlab');
    const { commands } = app;
    const model = new SearchModel({
      api,
      instances,
      history: new HistoryModel(state ?? undefined),
      limit: () => settings.searchLimit || undefined
    });
    const widget = new ExploreWidget({
      model,
      instances,
      availability,
      trans,
      onSignIn: () => void commands.execute(CommandIDs.signIn),
      onAction: (item, action, dataset) => {
        const args = {
          did: item.did,
          type: item.type,
          instance: model.instance,
          ...(dataset !== null && { parent: dataset })
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
      },
      // They act on what is selected, of which they know the types and sizes.
      onSelected: (_, action) =>
        void commands.execute(SELECTION_COMMANDS[action]),
      onDetails: ({ did, type }) =>
        void commands.execute(CommandIDs.showDetails, {
          did,
          type,
          instance: model.instance
        })
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

    return explore;
  }
};

/** Options as the model takes them. Throws where the filters are none. */
function changesOf(options: ISearchOptions): ISearchChanges {
  const { type, filters } = options;
  if (filters === undefined) {
    return { type };
  }
  const conditions = fromFilters(filters);
  if (conditions === null) {
    throw new Error(
      'The filters have to be a list like [{"run_number.gte": 100}].'
    );
  }
  return { type, conditions };
}

class Explore implements IRucioExplore {
  constructor(
    private readonly _model: SearchModel,
    private readonly _widget: ExploreWidget,
    private readonly _show: () => void
  ) {
    const { tree } = this._model;
    this._sources.add({
      node: this._widget.node,
      selection: () =>
        tree.activeDid && {
          instance: this._model.instance,
          item: tree.activeDid
        },
      selected: () =>
        tree.selectedRows.map(row => ({
          instance: this._model.instance,
          item: row.item,
          parent: datasetAround(row)
        })),
      changed: tree.changed
    });
    this._sources.changed.connect(this._onSourcesChanged, this);
  }

  readonly selectionChanged: Signal<IRucioExplore, void> = new Signal(this);

  get selection(): ISelection | null {
    return this._sources.selection;
  }

  get selected(): readonly ISelection[] {
    return this._sources.selected;
  }

  addSource(source: ISelectionSource): IDisposable {
    return this._sources.add(source);
  }

  async searchInside(did: string, options: ISearchOptions = {}): Promise<void> {
    const changes = changesOf(options);
    this._show();
    await this._model.search('', { ...changes, inside: did });
  }

  async search(text: string, options: ISearchOptions = {}): Promise<void> {
    const changes = changesOf(options);
    this._show();
    await this._model.search(text, { ...changes, inside: null });
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

  private _onSourcesChanged(): void {
    this.selectionChanged.emit();
  }

  private readonly _sources = new SelectionSources();
}
