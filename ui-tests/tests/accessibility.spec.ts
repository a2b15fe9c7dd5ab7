import type { IJupyterLabPageFixture } from '@jupyterlab/galata';

import { expectNoFindings } from './axe';
import { filterBy, offered } from './exploring';
import { expect, test, type RucioPanel } from './fixtures';
import { lake } from './lake';

/** What axe finds in every panel and dialog, in both themes: nothing. */

const PANEL = '#rucio-jupyterlab-panel';
const DIALOG = '.jp-Dialog';
// A page that is a tab behind another is there, but not seen.
const DETAILS = '.jp-RucioDetails-main:not(.lm-mod-hidden)';

async function close(page: IJupyterLabPageFixture): Promise<void> {
  await page.keyboard.press('Escape');
  await expect(page.locator(DIALOG)).toBeHidden();
}

for (const theme of ['light', 'dark'] as const) {
  test.describe(`in the ${theme} theme`, () => {
    test.beforeEach(async ({ page }) => {
      await (theme === 'dark'
        ? page.theme.setDarkTheme()
        : page.theme.setLightTheme());
    });

    test('signing in', async ({ page, panel }) => {
      await panel.open();
      await expectNoFindings(page, PANEL);
      await panel.root.getByRole('button', { name: 'Sign in…' }).click();
      await expectNoFindings(page, DIALOG);
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('User name').fill('alice');
      await dialog.getByLabel('Password', { exact: true }).fill('wrong');
      await dialog.getByRole('button', { name: 'Sign in' }).click();
      await expect(dialog).toContainText('does not accept');
      await expectNoFindings(page, DIALOG);
    });

    test.describe('signed in', () => {
      test.use({ signedIn: ['escape', 'two_places', 'no_quota'] });

      test('searching', async ({ page, panel }) => {
        await expectNoFindings(page, PANEL);
        await panel.search('nothing to see');
        await expectNoFindings(page, PANEL);
        await panel.search('demo:*');
        await expect(panel.row(lake.examples.available_dataset)).toBeVisible();
        await expectNoFindings(page, PANEL);
        await selectThree(panel);
        await expectNoFindings(page, PANEL);
      });

      test('making available, and being refused', async ({ page, panel }) => {
        await panel.choose('Two places');
        await panel.search(lake.examples.csv);
        const row = panel.row(lake.examples.csv);
        await expect(row).toHaveAttribute('aria-label', /Not available/);
        const button = row.getByRole('button', { name: 'Make available' });
        await row.hover();
        await button.hover();
        await expect(page.getByRole('tooltip')).toContainText('TINY-DISK');
        await expectNoFindings(page, '[role="tooltip"]');
        await button.click();
        await expectNoFindings(page, DIALOG);
        await close(page);

        await panel.choose('No quota');
        await panel.search(lake.examples.csv);
        const refused = panel.row(lake.examples.csv);
        await refused.hover();
        await refused.getByRole('button', { name: 'Make available' }).click();
        await expectNoFindings(page, DIALOG);
        await page
          .getByRole('dialog')
          .getByRole('button', { name: 'Make available' })
          .click();
        await expect(refused).toHaveAttribute('aria-label', /Refused/);
        await expectNoFindings(page, PANEL);
        await refused.hover();
        await refused.getByRole('button', { name: 'Why?' }).click();
        await expectNoFindings(page, DIALOG);
        await close(page);
      });

      test('what is stuck, and why', async ({ page, panel }) => {
        const row = await panel.stuckRow();
        await expectNoFindings(page, PANEL);
        await row.hover();
        await row.getByRole('button', { name: 'Why?' }).click();
        const dialog = page.getByRole('dialog');
        await expect(dialog).toContainText(lake.examples.broken_file);
        await expectNoFindings(page, DIALOG);
        await dialog.getByRole('button', { name: 'Try again' }).click();
        await expect(dialog.getByRole('alert')).toContainText('does not let');
        await dialog.getByRole('button', { name: 'Keep longer…' }).click();
        await expectNoFindings(page, DIALOG);
        await dialog.getByRole('button', { name: 'Cancel' }).click();
        await dialog.getByRole('button', { name: 'End…' }).click();
        await expectNoFindings(page, DIALOG);
        await dialog.getByRole('button', { name: 'Cancel' }).click();
        await dialog.getByRole('button', { name: 'Close' }).click();
        await expect(dialog).toBeHidden();
        for (const command of ['rucio:extend-rule', 'rucio:end-rule']) {
          await panel.row(lake.examples.broken).click();
          // The command ends with the dialog.
          const isDone = page.evaluate(
            id => window.jupyterapp.commands.execute(id),
            command
          );
          await expectNoFindings(page, DIALOG);
          await close(page);
          await isDone;
        }
      });

      test('completing, filtering and sorting', async ({ page, panel }) => {
        await panel.field.pressSequentially('de');
        await expect(offered(page, 'demo:')).toBeVisible();
        await expectNoFindings(page, PANEL);
        await expectNoFindings(page, '.jp-RucioCompletion');
        await panel.search('demo:*');
        await filterBy(panel, [
          [{ key: 'run_number', operator: '≥', value: 'many' }],
          [{ key: 'campaign', value: 'run2022' }]
        ]);
        await expect(panel.root).toContainText('That is no number');
        await expectNoFindings(page, PANEL);
        await filterBy(panel, [
          [{ key: 'run_number', operator: '≥', value: '400000' }],
          [{ key: 'campaign', value: 'run2022' }]
        ]);
        await panel.root.getByRole('button', { name: /^Filters/ }).click();
        await expect(panel.row('demo:dimuon_2022')).toBeVisible();
        await panel.root.getByLabel('Filter the rows').fill('2022');
        await expectNoFindings(page, PANEL);
        // The searches of before, where there is nothing and below the field.
        await panel.root.getByLabel('Clear the search').click();
        await expectNoFindings(page, PANEL);
        await panel.field.press('ArrowDown');
        await expect(offered(page).first()).toBeVisible();
        await expectNoFindings(page, PANEL);
        await page.evaluate(() =>
          window.jupyterapp.commands.execute('rucio:search', {
            inside: 'demo:archive',
            filters: []
          })
        );
        await expect(panel.root).toContainText('inside demo:archive');
        await expectNoFindings(page, PANEL);
      });

      test('attaching, and the notebook', async ({ page, panel }) => {
        const dataset = lake.examples.available_dataset;
        await page.notebook.createNew(`accessible-${theme}.ipynb`);
        await panel.open();
        await panel.search(dataset);
        const row = panel.row(dataset);
        await row.hover();
        await row.getByRole('button', { name: 'Attach' }).click();
        await expectNoFindings(page, DIALOG);
        await close(page);
        await panel.attach(dataset, 'electrons');
        await expect(panel.attachment('electrons')).toHaveAttribute(
          'data-state',
          'ready'
        );
        await expectNoFindings(page, PANEL);

        await panel.search('demo:d*_2021');
        await panel.row(dataset).click();
        await page.keyboard.press('Shift+ArrowDown');
        await page.keyboard.press('Alt+a');
        await expect(page.getByRole('dialog').getByRole('textbox')).toHaveCount(
          2
        );
        await expectNoFindings(page, DIALOG);
        await close(page);
      });

      test('the details of a dataset and of a file', async ({
        page,
        panel
      }) => {
        for (const did of [
          lake.examples.available_dataset,
          lake.examples.dimuon_file
        ]) {
          await panel.search(did);
          await panel.row(did).click();
          await panel.tree.press('Alt+i');
          await expect(page.locator(DETAILS)).toContainText(did);
          await expect(page.locator(DETAILS)).toContainText('CNAF-DISK');
          await expectNoFindings(page, DETAILS);
        }
      });
    });
  });
}

async function selectThree(panel: RucioPanel): Promise<void> {
  await panel.tree.focus();
  for (const key of ['Home', 'Shift+ArrowDown', 'Shift+ArrowDown']) {
    await panel.tree.press(key);
  }
}
