import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';

import { FocusedDialog, launch } from './focusedDialog';

/** Asks with a form. Resolves with what was accepted; null where it was given up. */
export async function askWithForm<T>(
  options: FormDialog.IOptions<T>
): Promise<T | null> {
  const { button, value } = await launch(new FormDialog(options));
  return button.accept ? (value ?? null) : null;
}

/** A dialog with a form, which can be accepted while what is in the form makes sense. */
export class FormDialog<T> extends FocusedDialog<T | null> {
  constructor(options: FormDialog.IOptions<T>) {
    const { title, acceptLabel, className, focusNodeSelector, trans } = options;
    const form = new FormWidget<T>(options.render);
    super({
      title,
      body: form,
      focusNodeSelector,
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: acceptLabel })
      ]
    });
    this._form = form;
    form.changed = () => this._checkValidation();
    this.addClass(className);
  }

  /** Enter comes here too, also while the button is disabled. */
  override resolve(index = ACCEPT): void {
    if (index !== ACCEPT || this._form.getValue() !== null) {
      super.resolve(index);
    }
  }

  /** JupyterLab looks at the fields with every letter, and would enable the button for them alone. */
  protected override _checkValidation(): void {
    super._checkValidation();
    const button = this.node.querySelector<HTMLButtonElement>(
      'button.jp-mod-accept'
    );
    if (button && this._form.getValue() === null) {
      button.disabled = true;
    }
  }

  private readonly _form: FormWidget<T>;
}

export namespace FormDialog {
  export interface IOptions<T> {
    title: string;
    acceptLabel: string;
    className: string;
    focusNodeSelector?: string;
    /** Draws the form, which tells its value with every change; null while there is none. */
    render: (onChange: (value: T | null) => void) => JSX.Element;
    trans: TranslationBundle;
  }
}

/** The index of the button that accepts. */
const ACCEPT = 1;

class FormWidget<T>
  extends ReactWidget
  implements Dialog.IBodyWidget<T | null>
{
  constructor(private readonly _render: FormDialog.IOptions<T>['render']) {
    super();
  }

  changed: () => void = () => undefined;

  getValue(): T | null {
    return this._value;
  }

  protected override render(): JSX.Element {
    return this._render(this._onChange);
  }

  private readonly _onChange = (value: T | null) => {
    this._value = value;
    this.changed();
  };

  private _value: T | null = null;
}
