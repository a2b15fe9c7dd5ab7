import { NotebookModel } from '@jupyterlab/notebook/lib/model';

import type { AvailabilityState, IResolved } from '../../api/types';
import { Injector } from '../../kernels/injector';
import { PythonLanguage } from '../../kernels/python';
import { PYTHON_NAMES } from '../../kernels/pythonNames';
import type { Resolution } from '../../kernels/resolver';
import type { KernelState } from '../../kernels/states';
import { type IAttachment, NotebookAttachments } from '../../model/attachments';
import { until } from './jupyter';

const python = new PythonLanguage();

/** A notebook whose server answers what the test says. */
export class Notebook {
  /** @param model - another page's, where two show one notebook. */
  constructor(model?: NotebookModel) {
    this.model = model ?? new NotebookModel();
    this.attachments = new NotebookAttachments(this.model);
    this.injector = new Injector({
      attachments: this.attachments,
      names: () => PYTHON_NAMES,
      resolve: wanted => this.resolve(wanted),
      languageOf: async kernel => {
        const { name } = (await kernel.info).language_info;
        return { name, language: name === 'python' ? python : undefined };
      }
    });
    this.injector.stateChanged.connect(() => {
      for (const attachment of this.attachments.attachments) {
        const told = (this.history[attachment.variableName] ??= []);
        const state = this.injector.state(attachment);
        if (state && told[told.length - 1] !== state.kind) {
          told.push(state.kind);
        }
      }
    });
  }

  readonly model: NotebookModel;
  readonly attachments: NotebookAttachments;
  readonly injector: Injector;
  readonly history: Record<string, KernelState['kind'][]> = {};
  state: AvailabilityState = 'available';
  path = '/eos/a.root';
  asked = 0;

  resolve = async (wanted: readonly IAttachment[]): Promise<Resolution[]> => {
    this.asked++;
    return wanted.map(one => ({ resolved: this.resolved(one) }));
  };

  resolved({ did, variableName, type }: IAttachment): IResolved {
    const isThere = this.state === 'available';
    const path = this.path;
    return {
      did,
      variable_name: variableName,
      type: type === 'file' ? 'file' : 'dataset',
      state: this.state,
      count: 1,
      items: isThere ? [{ path, pfn: null, did, size: 1 }] : null,
      message: isThere ? null : '0 of 1 files are there'
    };
  }

  attach(variableName: string, did = 'demo:a.root'): void {
    this.attachments.add({
      did,
      variableName,
      type: 'file',
      instance: 'escape'
    });
  }

  of(variableName: string): KernelState | undefined {
    const attachment = this.attachments.get(variableName);
    return attachment && this.injector.state(attachment);
  }

  is(variableName: string, kind: KernelState['kind']): Promise<void> {
    return until(() => this.of(variableName)?.kind === kind);
  }

  dispose(): void {
    this.injector.dispose();
    this.attachments.dispose();
    this.model.dispose();
  }
}
