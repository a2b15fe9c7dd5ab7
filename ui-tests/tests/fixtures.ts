import {
  expect,
  galata,
  type IJupyterLabPageFixture,
  test as base
} from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { alice, lake, root } from './lake';

/** The Rucio sidebar, in the words that a user reads. */
export class RucioPanel {
  constructor(readonly page: IJupyterLabPageFixture) {
    this.root = page.locator('#rucio-jupyterlab-panel');
    this.field = this.root.getByPlaceholder('scope:name');
    this.tree = this.root.getByRole('tree');
    this.attached = this.root.getByRole('list', { name: /^Attached to/ });
  }

  readonly root: Locator;
  readonly field: Locator;
  readonly tree: Locator;
  readonly attached: Locator;

  async open(): Promise<void> {
    if (!(await this.root.isVisible())) {
      await this.page.getByRole('tab', { name: 'Rucio' }).click();
    }
    await expect(this.root).toBeVisible();
  }

  async signIn(): Promise<void> {
    await this.root.getByRole('button', { name: 'Sign in…' }).click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByLabel('User name').fill(alice.username);
    await dialog.getByLabel('Password', { exact: true }).fill(alice.password);
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await expect(dialog).toBeHidden();
    await expect(
      this.root.getByText(alice.username, { exact: true })
    ).toBeVisible();
  }

  /** Chooses an instance in the header. */
  async choose(displayName: string): Promise<void> {
    await this.root
      .getByLabel('Rucio instance')
      .selectOption({ label: displayName });
  }

  async search(text: string): Promise<void> {
    await this.field.fill(text);
    await this.field.press('Enter');
  }

  /** The first row of a DID, which may stand in several places. */
  row(did: string): Locator {
    return this.tree.locator(`[role="treeitem"][data-did="${did}"]`).first();
  }

  /** Finds the dataset that cannot be read anywhere, and asks for it where no story has yet. */
  async stuckRow(): Promise<Locator> {
    await this.search(lake.examples.broken);
    const row = this.row(lake.examples.broken);
    const known = /^(not_available|replicating|stuck)$/;
    await expect(row).toHaveAttribute('data-state', known);
    if ((await row.getAttribute('data-state')) === 'not_available') {
      await row.hover();
      await row.getByRole('button', { name: 'Make available' }).click();
    }
    await expect(row).toHaveAttribute('aria-label', /Stuck/, {
      timeout: 120_000
    });
    return row;
  }

  /** The entry of a variable in the Notebook section. */
  attachment(variableName: string): Locator {
    return this.attached.locator(`[data-variable="${variableName}"]`);
  }

  async attach(did: string, variableName: string): Promise<void> {
    const row = this.row(did);
    await row.hover();
    await row.getByRole('button', { name: 'Attach' }).click();
    await this._nameIt(variableName);
  }

  /** By the row's menu, which has it whether or not the data are here. */
  async attachByMenu(did: string, variableName: string): Promise<void> {
    await this.row(did).click({ button: 'right' });
    await this.page
      .getByRole('menuitem', { name: 'Attach to Notebook…' })
      .click();
    await this._nameIt(variableName);
  }

  private async _nameIt(variableName: string): Promise<void> {
    const dialog = this.page.getByRole('dialog');
    const field = dialog.getByRole('textbox');
    await field.fill(variableName);
    await field.press('Enter');
    await expect(dialog).toBeHidden();
  }
}

interface IFixtures {
  panel: RucioPanel;
  /** The instances that alice (to *operator* root) is signed in to when the story begins. */
  signedIn: string[];
  credentials: void;
}

export const test = base.extend<IFixtures>({
  mockSettings: galata.DEFAULT_SETTINGS,
  // Galata's stand-ins for the lists of kernels and sessions keep a restart from being answered.
  kernels: null,
  sessions: null,
  signedIn: [[], { option: true }],
  // Before the page is there, so that it need not be loaded again.
  credentials: [
    async ({ request, signedIn }, use) => {
      const { items } = await (
        await request.get('/rucio-jupyterlab/instances')
      ).json();
      for (const { name, problem, auth_types } of items) {
        // Where the server provides a token there is nothing to sign in or out.
        const isProvided = auth_types.join() === 'oidc';
        if (problem?.code === 'configuration_error' || isProvided) {
          continue;
        }
        const path = `/rucio-jupyterlab/instances/${name}/credentials`;
        const answer = signedIn.includes(name)
          ? await request.put(path, {
              data: {
                type: 'userpass',
                params: name === 'operator' ? root : alice
              }
            })
          : await request.delete(path);
        expect(answer.ok(), `${name}: ${answer.status()}`).toBe(true);
      }
      await use();
    },
    { auto: true }
  ],
  panel: async ({ page }, use) => {
    const panel = new RucioPanel(page);
    await panel.open();
    await use(panel);
  }
});

export { expect };
