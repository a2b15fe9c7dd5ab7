import type { Locator } from '@playwright/test';

import { expect, type RucioPanel } from './fixtures';

/** The instance of the stories that takes certificates. */
export const CERTIFICATES = 'Certificates';

/** The dialog of an instance, at one of its ways in. */
export class SignIn {
  constructor(private readonly _panel: RucioPanel) {
    const { page } = _panel;
    this.root = page.locator('.jp-RucioSignIn-dialog');
    this.content = this.root.locator('.jp-Dialog-content');
    this.picker = page.getByRole('dialog', { name: /^Choose the/ });
    this.entries = this.picker.getByRole('listbox');
  }

  readonly root: Locator;
  readonly content: Locator;
  readonly picker: Locator;
  readonly entries: Locator;

  async open(instance: string, way?: string): Promise<void> {
    const { page } = this._panel;
    await this._panel.choose(instance);
    const isFilled = page.waitForResponse(/credentials/);
    await page.evaluate(() => {
      // The command ends with the dialog.
      void window.jupyterapp.commands.execute('rucio:sign-in');
    });
    await isFilled;
    await expect(this.root).toBeVisible();
    if (way) {
      await this.root.getByRole('radio', { name: way }).check();
    }
  }

  field(label: string): Locator {
    return this.root
      .getByLabel(label, { exact: true })
      .and(this.root.locator('input:visible'));
  }

  button(label: string): Locator {
    return this.root.getByRole('button', { name: label, exact: true });
  }

  async fill(values: Record<string, string>): Promise<void> {
    for (const [label, value] of Object.entries(values)) {
      await this.field(label).fill(value);
    }
  }

  /** Signs in, and is what the panel says then. */
  async succeed(account = 'alice'): Promise<void> {
    await this.button('Sign in').click();
    await expect(this.root).toBeHidden();
    await expect(this._panel.root.locator('.jp-RucioHeader-bar')).toContainText(
      account
    );
  }

  /** Signs in, and is refused with words at a field. */
  async fail(words: string | RegExp, label?: string): Promise<void> {
    await this.button('Sign in').click();
    await expect(this.root).toContainText(words);
    if (label) {
      await expect(this.field(label)).toBeFocused();
      await expect(this.field(label)).toHaveAttribute('aria-invalid', 'true');
    }
  }

  /** The entry that the keyboard is at. */
  active(): Locator {
    return this.entries.locator('[aria-selected="true"]');
  }

  async browse(): Promise<void> {
    await this.button('Browse for the certificate file').click();
    await expect(this.entries).toBeFocused();
  }
}
