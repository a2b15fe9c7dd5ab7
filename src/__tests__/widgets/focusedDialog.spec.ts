import { ReactWidget } from '@jupyterlab/ui-components';
import { waitFor } from '@testing-library/dom';
import React from 'react';

import { FocusedDialog } from '../../widgets/focusedDialog';

/** A form that is drawn when the test says so. */
class LateForm extends ReactWidget {
  isDrawn = false;

  getValue(): string {
    return '';
  }

  protected override render(): JSX.Element | null {
    return this.isDrawn ? React.createElement('input', { name: 'did' }) : null;
  }
}

describe('a dialog whose form is drawn late', () => {
  it('gives its field the focus all the same', async () => {
    const form = new LateForm();
    const dialog = new FocusedDialog<string>({
      body: form,
      focusNodeSelector: '[name="did"]'
    });
    dialog.launch().catch(() => undefined);
    await dialog.ready;
    expect(dialog.node.querySelector('input')).toBeNull();

    form.isDrawn = true;
    form.update();
    await waitFor(() => {
      expect(document.activeElement).toBe(dialog.node.querySelector('input'));
    });
    dialog.dispose();
  });
});
