import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IRunningSessionManagers } from '@jupyterlab/running';
import { IStatusBar } from '@jupyterlab/statusbar';
import {
  ITranslator,
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';
import { type ISignal, Signal } from '@lumino/signaling';

import { CommandIDs } from '../commands';
import { jobWords, kindWords } from '../components/transfers/transferWords';
import { isActive } from '../model/jobStates';
import {
  type IJobTransfer,
  totalOf,
  type TransfersModel
} from '../model/transfers';
import { ITransfersModel } from '../tokens';
import { TransfersStatusWidget } from '../widgets/transfersStatus';

/** What moves, where Jupyter itself tells what it is doing: in the status bar and the Running panel. */
export const transferStatusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'rucio-jupyterlab:transfer-status',
  description: 'Shows transfers in the status bar and among what is running.',
  autoStart: true,
  requires: [ITransfersModel],
  optional: [IStatusBar, IRunningSessionManagers, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    model: ITransfersModel,
    statusBar: IStatusBar | null,
    running: IRunningSessionManagers | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('rucio-jupyterlab');
    const show = () => {
      void app.commands.execute(CommandIDs.showTransfers);
    };
    statusBar?.registerStatusItem('rucio-jupyterlab:transfers', {
      item: new TransfersStatusWidget({ model, onClick: show, trans }),
      align: 'left',
      rank: 20,
      isActive: () => totalOf(model.all).count > 0,
      activeStateChanged: model.changed
    });
    running?.add(new RunningTransfers(model, show, trans));
  }
};

/** The downloads and uploads that this server runs, each of which can be cancelled. */
class RunningTransfers {
  constructor(
    private readonly _model: TransfersModel,
    private readonly _show: () => void,
    private readonly _trans: TranslationBundle
  ) {
    this.name = _trans.__('Rucio transfers');
    this.shutdownLabel = _trans.__('Cancel');
    this.shutdownAllLabel = _trans.__('Cancel All');
    this.shutdownAllConfirmationText = _trans.__(
      'Cancel all downloads and uploads? What has arrived whole stays.'
    );
    _model.changed.connect(this._onChanged, this);
  }

  readonly name: string;
  readonly shutdownLabel: string;
  readonly shutdownAllLabel: string;
  readonly shutdownAllConfirmationText: string;
  readonly runningChanged: ISignal<this, void> = new Signal<this, void>(this);

  running() {
    return this._active.map(transfer => {
      const { job } = transfer.entry;
      const words = jobWords(transfer.entry, this._trans);
      return {
        icon: () => kindWords(transfer, this._trans).icon,
        label: () => job.title,
        labelTitle: () => [job.title, words.word, ...words.figures].join(' · '),
        detail: () => words.figures[0] ?? words.word,
        open: this._show,
        shutdown: () => this._cancel(job.id)
      };
    });
  }

  refreshRunning(): void {
    void this._model.jobs.refresh();
  }

  shutdownAll(): void {
    this._active.forEach(({ id }) => this._cancel(id));
  }

  private get _active(): IJobTransfer[] {
    return this._model.all.filter(
      (one): one is IJobTransfer =>
        one.kind === 'job' && isActive(one.entry.job) && one.entry.job.is_here
    );
  }

  private _cancel(id: string): void {
    // What was refused is said in the row.
    this._model.jobs.cancel(id).catch(() => this._show());
  }

  /** The panel draws its list anew each time: only for what it shows. */
  private _onChanged(): void {
    const shown = this._active
      .map(({ id, entry: { job } }) => `${id} ${job.state}`)
      .join();
    if (shown !== this._shown) {
      this._shown = shown;
      (this.runningChanged as Signal<this, void>).emit();
    }
  }

  private _shown = '';
}
