import { galata } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { expect, test, type RucioPanel } from './fixtures';
import { freeTransfers, lake, setTransfers } from './lake';

/** What is said before data moves, while it moves, when it got stuck, and about the rule that moves it. */

const MAKE = { name: 'Make available' };

/** Points at a row and presses its button. */
async function press(row: Locator, name: string): Promise<void> {
  await row.hover();
  await row.getByRole('button', { name }).click();
}

async function choose(
  panel: RucioPanel,
  row: Locator,
  item: string | RegExp
): Promise<void> {
  await row.click({ button: 'right' });
  await panel.page.getByRole('menuitem', { name: item }).click();
}

test.afterEach(freeTransfers);

test.describe('with one place', () => {
  test.use({ signedIn: ['escape'] });

  test('the button says beforehand what it would mean', async ({ panel }) => {
    await panel.search(lake.examples.small_dataset);
    const row = panel.row(lake.examples.small_dataset);
    await row.hover();
    const button = row.getByRole('button', MAKE);
    await button.hover();
    const tip = panel.page.getByRole('tooltip');
    await expect(tip).toContainText('2 files, 74 kB');
    await expect(tip).toContainText(/To EULAKE-1: .*GB of 100 GB left/);
    await expect(tip).toContainText('Other sites that have it: DESY-DISK');
    await expect(button).toHaveAccessibleDescription(/2 files/);
    await panel.page.keyboard.press('Escape');
    await expect(tip).toBeHidden();
    // So it does for who comes by keyboard.
    await row.click();
    await panel.page.keyboard.press('Tab');
    await expect(button).toBeFocused();
    await expect(tip).toContainText('2 files');
  });

  test('stuck: why, file by file, what Rucio refuses, and a text for a ticket', async ({
    panel
  }) => {
    const { page } = panel;
    await page
      .context()
      .grantPermissions(['clipboard-read', 'clipboard-write']);
    const did = lake.examples.broken;
    const row = await panel.stuckRow();
    await press(row, 'Why?');
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText(/Stuck for \d+/);
    await expect(
      dialog.getByRole('list', { name: 'Stuck files' })
    ).toContainText(/No such file/);
    await dialog.getByRole('button', { name: 'Copy for a ticket' }).click();
    const ticket = await page.evaluate(() => navigator.clipboard.readText());
    expect(ticket).toContain(`DID: ${did}`);
    expect(ticket).toMatch(/Rucio rule: [0-9a-f]{32}/);
    expect(ticket).toContain('RSE: EULAKE-1');
    expect(ticket).toContain('No such file');

    await dialog.getByRole('button', { name: 'Try again' }).click();
    const alert = dialog.getByRole('alert');
    await expect(alert).toContainText(/does not let/);
    await alert.getByText('What Rucio said').click();
    await expect(alert).toContainText('AccessDenied');

    await dialog.getByRole('button', { name: 'Keep longer…' }).click();
    await dialog.getByRole('button', { name: 'Keep', exact: true }).click();
    await expect(alert).toContainText(/does not let/);

    // Nor may all end what they have made; then it is said when it ends by itself.
    await dialog.getByRole('button', { name: 'End…' }).click();
    await expect(dialog).toContainText('Rucio may then remove the copy');
    await dialog.getByRole('button', { name: 'End the rule' }).click();
    await expect(alert).toContainText(/does not let.* end this rule/);
  });
});

test.describe('with a low limit in the settings', () => {
  test.use({
    signedIn: ['escape'],
    mockSettings: {
      ...galata.DEFAULT_SETTINGS,
      'rucio-jupyterlab:plugin': { confirmSizeGB: 0.000001 }
    }
  });

  test('what is large is asked about; it moves, with progress, when that is meant', async ({
    panel
  }) => {
    const { page } = panel;
    await setTransfers({ may_finish: 2 });
    const did = 'atlas_opendata:data16_13TeV.periodK.physics_Main.2lep';
    await panel.search(did);
    const row = panel.row(did);
    await press(row, 'Make available');
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText(/4 files, [\d.]+ kB/);
    await expect(dialog).toContainText('nothing of it is there');
    await expect(dialog).toContainText('It is large');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(row).toHaveAttribute('data-state', 'not_available');

    await press(row, 'Make available');
    await dialog.getByLabel('Days', { exact: true }).fill('2');
    await dialog.getByRole('button', MAKE).click();
    await expect(row).toHaveAttribute('aria-label', /[1-3] of 4 files/);
    await expect(row.getByRole('progressbar')).toBeVisible();
    await freeTransfers();
    await expect(row).toHaveAttribute('aria-label', /, Available/, {
      timeout: 120_000
    });
  });
});

test.describe('as one who may change rules', () => {
  test.use({ signedIn: ['operator'] });

  test('a rule is kept longer, and ended', async ({ panel }) => {
    const { page } = panel;
    await panel.choose('Operator');
    const did = 'demo:file_formats';
    await panel.search(did);
    const row = panel.row(did);
    await press(row, 'Make available');
    await expect(row).toHaveAttribute('aria-label', /, Available/, {
      timeout: 120_000
    });
    await choose(panel, row, /^Keep Longer…/);
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('spinbutton').fill('400');
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await expect(
      page.getByText(/file_formats: kept until .* \d{4}/)
    ).toBeVisible();

    await choose(panel, row, /^End Rule…/);
    await expect(dialog).toContainText('Rucio may then remove the copy');
    await dialog.getByRole('button', { name: 'End the rule' }).click();
    await expect(
      page.getByText(/file_formats: kept for another \d+ (min|h)/)
    ).toBeVisible();
  });
});

test.describe('with two places', () => {
  test.use({ signedIn: ['two_places'] });

  test('one is chosen, with what is left there, and the row says which', async ({
    panel
  }) => {
    const { page } = panel;
    await panel.choose('Two places');
    const did = 'ska:SKA-Low_sim_2024_010';
    await panel.search(did);
    const row = panel.row(did);
    await press(row, 'Make available');
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByRole('radio', { name: /EULAKE-1/ })).toBeChecked();
    const tiny = dialog.getByRole('radio', { name: /TINY-DISK/ });
    await expect(dialog).toContainText('1 MB of 1 MB left');
    await tiny.check();
    await dialog.getByLabel('Days', { exact: true }).fill('x');
    await expect(dialog).toContainText('no number of days');
    await expect(dialog.getByRole('button', MAKE)).toBeDisabled();
    await dialog.getByLabel('Days', { exact: true }).fill('3');
    await dialog.getByRole('button', MAKE).click();
    await expect(row).toHaveAttribute('aria-label', /Available at TINY-DISK/, {
      timeout: 120_000
    });
  });

  test('too much for the quota is said before, and refused in Rucio’s words', async ({
    panel
  }) => {
    const { page } = panel;
    await panel.choose('Two places');
    await panel.search('demo:dimuon_2021');
    const row = panel.row('demo:dimuon_2021');
    await choose(panel, row, /^Make Available…/);
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: /TINY-DISK/ }).check();
    await expect(dialog).toContainText(
      /It is 3.9 MB and your quota at TINY-DISK/
    );
    await dialog.getByRole('button', MAKE).click();
    await expect(row).toHaveAttribute('aria-label', /Refused/);
    await press(row, 'Why?');
    await expect(dialog).toContainText(/quota/i);
    await dialog.getByText('What Rucio said').first().click();
    await expect(dialog).toContainText('InsufficientAccountLimit');
  });

  test('some of several are refused: it says which and why, the others move', async ({
    panel
  }) => {
    const { page } = panel;
    await panel.choose('Two places');
    await panel.search('demo:di*');
    const large = 'demo:dimuon_2021';
    const small = 'demo:difficult_names';
    await panel.row(small).click();
    await panel.row(large).click({ modifiers: ['ControlOrMeta'] });
    await panel.root
      .getByRole('group', { name: 'What is selected' })
      .getByRole('button', MAKE)
      .click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('Together 20 files');
    await dialog.getByRole('radio', { name: /TINY-DISK/ }).check();
    await dialog.getByRole('button', MAKE).click();
    await expect(dialog).toContainText('Rucio refused 1 of 2');
    await expect(dialog.getByRole('list', { name: 'Refused' })).toHaveText(
      large
    );
    await expect(dialog).toContainText(/quota/i);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await expect(panel.row(large)).toHaveAttribute('aria-label', /Refused/);
    await expect(panel.row(small)).toHaveAttribute(
      'aria-label',
      /Available at TINY-DISK/,
      { timeout: 120_000 }
    );
  });
});
