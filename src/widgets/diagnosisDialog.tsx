import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import React from 'react';

import type { IDiagnosis } from '../api/types';
import { Diagnosis } from '../components/Diagnosis';
import { Section } from '../model/section';
import { FocusedDialog } from './focusedDialog';

/** The buttons, in their order. */
const COPY = 0;
const AGAIN = 1;

const COPY_CLASS = 'jp-RucioDiagnosis-copy';

/** Looks at an instance from its first moment on, and stays open until it is closed. */
export class DiagnosisDialog extends FocusedDialog<void> {
  constructor(options: DiagnosisDialog.IOptions) {
    const { displayName, diagnose, trans } = options;
    const diagnosis = new Section<IDiagnosis>({ fetch: diagnose });
    const page = new DiagnosisPage(diagnosis, trans);
    super({
      title: trans.__('Diagnose %1', displayName),
      body: page,
      buttons: [
        Dialog.cancelButton({
          label: trans.__('Copy report'),
          caption: trans.__('Copy it as text for a ticket'),
          className: COPY_CLASS
        }),
        // Enabled all the while: a button that is disabled loses the keyboard to what lies below.
        Dialog.cancelButton({ label: trans.__('Run again') }),
        Dialog.okButton({ label: trans.__('Close') })
      ]
    });
    this._page = page;
    this._options = options;
    this._diagnosis = diagnosis;
    this.addClass('jp-RucioDiagnosis-dialog');
    diagnosis.changed.connect(this._enableCopy, this);
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._diagnosis.dispose();
      super.dispose();
    }
  }

  override resolve(index?: number): void {
    switch (index) {
      case COPY:
        this._copy();
        break;
      case AGAIN:
        this._page.say('');
        void this._diagnosis.reload();
        break;
      default:
        super.resolve(index);
    }
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._enableCopy();
    void this._diagnosis.ensure();
  }

  private _copy(): void {
    const { value } = this._diagnosis;
    if (value) {
      const { onCopy, trans } = this._options;
      onCopy(value.report);
      this._page.say(trans.__('The report is in the clipboard.'));
    }
  }

  private _enableCopy(): void {
    const button = this.node.querySelector<HTMLButtonElement>(
      `button.${COPY_CLASS}`
    );
    if (button) {
      button.disabled = this._diagnosis.value === undefined;
    }
  }

  private readonly _options: DiagnosisDialog.IOptions;
  private readonly _diagnosis: Section<IDiagnosis>;
  private readonly _page: DiagnosisPage;
}

export namespace DiagnosisDialog {
  export interface IOptions {
    displayName: string;
    diagnose: (signal: AbortSignal) => Promise<IDiagnosis>;
    onCopy: (text: string) => void;
    trans: TranslationBundle;
  }
}

class DiagnosisPage extends ReactWidget implements Dialog.IBodyWidget<void> {
  constructor(
    private readonly _diagnosis: Section<IDiagnosis>,
    private readonly _trans: TranslationBundle
  ) {
    super();
  }

  getValue(): void {
    // Nothing is asked for.
  }

  /** Says something of what was done, until something else is. */
  say(text: string): void {
    this._said = text;
    this.update();
  }

  protected override render(): JSX.Element {
    return (
      <Diagnosis
        diagnosis={this._diagnosis}
        said={this._said}
        trans={this._trans}
      />
    );
  }

  private _said = '';
}
