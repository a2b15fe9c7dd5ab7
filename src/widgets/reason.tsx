import { Dialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { Reason, type IReasonProps } from '../components/Reason';
import { Refusals } from '../components/Refusals';
import { FocusedDialog } from './focusedDialog';

/** The body of the dialog that says why a DID is not available. */
class ReasonWidget extends ReactWidget {
  constructor(props: IReasonProps) {
    super();
    this._props = props;
  }

  override dispose(): void {
    this._props.rules.dispose();
    super.dispose();
  }

  protected render(): JSX.Element {
    return <Reason {...this._props} />;
  }

  private readonly _props: IReasonProps;
}

/** Says why a DID is not available, with the room to be read as a whole. */
export class ReasonDialog extends FocusedDialog<unknown> {
  /** @param canTryAgain - whether accepting means asking Rucio once more */
  constructor(props: IReasonProps, canTryAgain: boolean) {
    const { trans } = props;
    const body = new ReasonWidget(props);
    super({
      title: trans.__('Why it is not available'),
      body,
      buttons: [
        Dialog.cancelButton({ label: trans.__('Close') }),
        ...(canTryAgain
          ? [Dialog.okButton({ label: trans.__('Try again') })]
          : [])
      ]
    });
    this.addClass('jp-RucioReason-dialog');
  }

  /** Enter is the dialog's own, which would close it; what is in it has buttons and forms too. */
  protected override _evtKeydown(event: KeyboardEvent): void {
    const { target } = event;
    const inside =
      event.key === 'Enter' &&
      target instanceof Element &&
      target.closest('.jp-RucioReason')
        ? target
        : null;
    if (inside === null) {
      super._evtKeydown(event);
    } else if (inside instanceof HTMLInputElement) {
      event.preventDefault();
      event.stopPropagation();
      inside.form?.requestSubmit();
    }
  }
}

/** The body of the dialog that says which of several DIDs were refused. */
export class RefusalsWidget extends ReactWidget {
  constructor(private readonly _props: Parameters<typeof Refusals>[0]) {
    super();
  }

  protected render(): JSX.Element {
    return <Refusals {...this._props} />;
  }
}
