import type { Locator } from '@playwright/test';

import { expect, type RucioPanel } from './fixtures';

/** The Transfers section of the sidebar, in the words that a user reads. */
export class Transfers {
  constructor(readonly panel: RucioPanel) {
    this.root = panel.root.locator('.jp-RucioTransfers');
    this.list = this.root.getByRole('list', { name: 'Transfers' });
    this.title = panel.root
      .locator('.jp-AccordionPanel-title')
      .filter({ hasText: 'Transfers' });
  }

  readonly root: Locator;
  readonly list: Locator;
  /** The title of the section, with what moves beside it. */
  readonly title: Locator;

  async open(): Promise<void> {
    await this.panel.open();
    if (!(await this.root.isVisible())) {
      await this.title.click();
    }
    await expect(this.root).toBeVisible();
  }

  row(name: string | RegExp): Locator {
    return this.list.getByRole('listitem', { name }).first();
  }

  /** Chooses from a row's menu. */
  async choose(row: Locator, item: string): Promise<void> {
    await row.getByRole('button', { name: /^More actions/ }).click();
    await this.panel.page.getByRole('menuitem', { name: item }).click();
  }
}
