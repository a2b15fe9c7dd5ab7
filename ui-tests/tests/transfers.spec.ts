import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { galata } from '@jupyterlab/galata';

import { expectNoFindings } from './axe';
import { addRule, endMovingRules } from './catalogue';
import { expect, test } from './fixtures';
import { freeTransfers, jupyterRoot, lake, setTransfers } from './lake';
import { Transfers } from './transfers';

/** What moves, and what has moved: where it is shown, and what can be done with it. */

const DATASET = lake.examples.small_dataset;

test.use({ signedIn: ['escape', 'download'] });

test.beforeEach(async ({ request }) => {
  // Earlier stories have left theirs.
  const { items } = await (await request.get('/rucio-jupyterlab/jobs')).json();
  for (const { id, state } of items) {
    if (state === 'queued' || state === 'running') {
      await request.delete(`/rucio-jupyterlab/jobs/${id}`);
    }
  }
  await request.delete('/rucio-jupyterlab/jobs');
  await endMovingRules();
});

test.afterEach(freeTransfers);

test('with nothing to show, says what will be there and what is left of the storage', async ({
  panel
}) => {
  const transfers = new Transfers(panel);
  await transfers.open();
  await expect(transfers.root).toContainText('appears here');
  await expect(transfers.root).toContainText(/Storage.*EULAKE-1/);
});

test('a download is told of once it is done, and its files can be looked at @grid', async ({
  page,
  panel
}) => {
  const transfers = new Transfers(panel);
  await panel.choose('Downloads');
  await panel.search(DATASET);
  await panel.row(DATASET).hover();
  await panel
    .row(DATASET)
    .getByRole('button', { name: /^Download/ })
    .click();
  const news = page.getByRole('alert').filter({ hasText: 'Downloaded' });
  await expect(news).toContainText(`Downloaded: ${DATASET}.`);
  await expect(news.getByRole('button', { name: 'Attach' })).toBeVisible();

  await transfers.open();
  const row = transfers.row(new RegExp(`^Download, ${DATASET}, Done`));
  await expect(row).toContainText('2 files');
  await row.getByRole('button', { name: /^Details/ }).click();
  const files = row.getByRole('list', { name: 'Files' });
  await expect(files.getByRole('listitem')).toHaveCount(2);
  await expect(files.getByRole('listitem').first()).toContainText('Done');

  await transfers.choose(row, 'Show Log…');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('log')).toContainText(/\w+/);
  await expect(dialog).toContainText('This is all of it.');
  await dialog.getByRole('button', { name: 'Close' }).click();

  await transfers.choose(row, 'Open Folder in File Browser');
  await expect(page.locator('.jp-FileBrowser-crumbs')).toContainText(
    DATASET.slice(DATASET.indexOf(':') + 1)
  );

  await panel.open();
  await transfers.choose(row, 'Remove from List');
  await expect(row).toBeHidden();
  await page.reload();
  await transfers.open();
  await expect(transfers.root).toContainText('appears here');
});

test('what fails says why, once, and can be tried again', async ({
  page,
  panel,
  request
}) => {
  const transfers = new Transfers(panel);
  await panel.open();
  const did = lake.examples.broken;
  await request.post('/rucio-jupyterlab/instances/download/downloads', {
    data: { dids: [did] }
  });
  const news = page.getByRole('alert').filter({ hasText: 'did not finish' });
  // Rucio's client tries each storage before it gives up.
  await expect(news).toHaveCount(1, { timeout: 120_000 });
  await news.getByRole('button', { name: 'Why?' }).click();
  const row = transfers.row(new RegExp(`^Download, ${did}, Failed`));
  await expect(row).toBeVisible();
  // It is unfolded already: that is what was asked for.
  await expect(row).toBeFocused();
  const failed = row
    .getByRole('list', { name: 'Files' })
    .getByRole('listitem')
    .first();
  await expect(failed).toContainText(/Failed.*\w+ \w+/s);
  await row.getByRole('button', { name: /^Retry/ }).click();
  await expect(row).toContainText('Attempts');
  await expect(transfers.title).toContainText('1 failed or stuck');

  await transfers.root.getByRole('button', { name: 'Clear finished' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('did not finish');
  await dialog.getByRole('button', { name: 'Clear' }).click();
  await expect(row).toBeHidden();
});

test('an upload is cancelled while it runs, and goes on when it is tried again @grid', async ({
  page,
  panel,
  request
}) => {
  const transfers = new Transfers(panel);
  const name = `sparse_${Date.now()}.dat`;
  const file = path.join(jupyterRoot, name);
  // Long enough to be seen, and to be stopped in the middle.
  writeFileSync(file, '');
  truncateSync(file, 800_000_000);
  try {
    await transfers.open();
    const answer = await request.post(
      '/rucio-jupyterlab/instances/escape/uploads',
      { data: { paths: [name], scope: 'user.alice', rse: 'LUND-USERDISK' } }
    );
    expect(answer.status()).toBe(202);
    const { job } = await answer.json();
    const row = transfers.list.locator(`[data-job="${job.id}"]`);
    await expect(row).toHaveAttribute('aria-label', /^Upload, .*Uploading/);
    await expect(row.getByRole('progressbar')).toBeVisible();
    await row.getByRole('button', { name: /^Cancel/ }).click();
    await expect(row).toHaveAttribute('aria-label', /Cancelled/);
    // Who cancelled it need not be told.
    await row.getByRole('button', { name: /^Retry/ }).click();
    await expect(row).toHaveAttribute('aria-label', /Uploading/);
    // Jupyter itself tells of it among what is running.
    await page.getByRole('tab', { name: /^Running/ }).click();
    await expect(
      page.locator('.jp-RunningSessions-item').filter({ hasText: name })
    ).toBeVisible();
    const running = page.locator('#jp-running-sessions');
    await running
      .getByRole('button', { name: 'Cancel All' })
      .filter({ visible: true })
      .click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: 'Cancel All' })
      .click();
    await panel.open();
    await expect(row).toHaveAttribute('aria-label', /Cancelled/);
    await row.getByRole('button', { name: /^Retry/ }).click();
    await expect(row.getByRole('button', { name: /^Show/ })).toBeVisible({
      timeout: 120_000
    });
    await expect(page.getByRole('alert')).toContainText('Uploaded');
  } finally {
    rmSync(file);
  }
});

test.describe('whose user wants no notifications', () => {
  test.use({
    mockSettings: {
      ...galata.DEFAULT_SETTINGS,
      'rucio-jupyterlab:plugin': { notify: false }
    }
  });

  test('what ends is shown where transfers are, and nowhere else', async ({
    page,
    panel,
    request
  }) => {
    const transfers = new Transfers(panel);
    await transfers.open();
    await request.post('/rucio-jupyterlab/instances/download/downloads', {
      data: { dids: [DATASET] }
    });
    await expect(transfers.row(/Done/)).toBeVisible({ timeout: 120_000 });
    await expect(page.getByRole('alert')).toHaveCount(0);
  });
});

for (const theme of ['light', 'dark']) {
  test(`anybody can use it (${theme})`, async ({ page, panel, request }) => {
    if (theme === 'dark') {
      await page.theme.setDarkTheme();
    }
    const transfers = new Transfers(panel);
    await transfers.open();
    await expect(transfers.root).toContainText('appears here');
    await expectNoFindings(page, '.jp-RucioTransfers');
    // One fails, for one of more files than are seen at once.
    for (const did of [DATASET, lake.examples.difficult_dataset]) {
      await request.post('/rucio-jupyterlab/instances/download/downloads', {
        data: { dids: [did] }
      });
    }
    const failed = transfers.row(/Failed/);
    await expect(failed).toBeVisible({ timeout: 120_000 });
    const done = transfers.row(/Done/);
    await expect(done).toBeVisible({ timeout: 120_000 });
    for (const row of [done, failed]) {
      await row.getByRole('button', { name: /^Details/ }).click();
      await expect(row.getByRole('list', { name: 'Files' })).toBeVisible();
      await expectNoFindings(page, '.jp-RucioTransfers');
    }
    await failed.getByRole('button', { name: 'Show the log' }).click();
    await expect(page.getByRole('dialog')).toContainText('This is all of it.');
    await expectNoFindings(page, '.jp-Dialog');
  });
}

test('a replication is shown while it moves, and in the status bar @grid', async ({
  page,
  panel
}) => {
  const transfers = new Transfers(panel);
  // No other story brings it here.
  const did = 'virgo:V-V1_HrecOnline-1256700000-10000';
  await panel.search(did);
  const found = panel.row(did);
  await expect(found).toHaveAttribute('aria-label', /Not available/);
  await setTransfers({ may_finish: 0 });
  await found.hover();
  await found.getByRole('button', { name: 'Make available' }).click();
  await expect(transfers.title).toContainText('1 moving');

  const status = page.locator('.jp-RucioTransfersStatus');
  await expect(status).toContainText('1 transfer');
  await status.click();
  const row = transfers.row(new RegExp(`^Replication, ${did}`));
  await expect(row).toContainText('to EULAKE-1');
  await expect(row.getByRole('progressbar')).toBeVisible();
  // The page after this one shows it too, and follows it.
  await page.reload();
  await transfers.open();
  await expect(row).toHaveAttribute('data-rule', /\w+/);
  await expect(status).toContainText('1 transfer');
  await freeTransfers();
  await expect(row).toHaveAttribute('aria-label', /Available/, {
    timeout: 120_000
  });
  await expect(status).toBeHidden();
  await transfers.root.getByRole('button', { name: 'Clear finished' }).click();
  await expect(row).toBeHidden();
});

test('a rule that was made elsewhere, and leads elsewhere, is shown while it moves', async ({
  page,
  panel
}) => {
  const transfers = new Transfers(panel);
  await setTransfers({ may_finish: 0 });
  const did = lake.examples.csv;
  const id = await addRule(did, 'DESY-DISK');
  await panel.open();
  // A closed section asks for nothing.
  await expect(transfers.title).not.toContainText('moving');
  await transfers.open();
  const row = transfers.row(new RegExp(`^Replication, ${did}`));
  await expect(row).toContainText('to DESY-DISK');
  await expect(transfers.title).toContainText('1 moving');
  // Two instances are of this Rucio; it is one rule all the same.
  await expect(transfers.list.getByRole('listitem')).toHaveCount(1);
  await row.getByRole('button', { name: /^Details/ }).click();
  await expect(row).toContainText(id);
  await transfers.choose(row, 'Show Details');
  const details = page.locator('.jp-RucioDetails-widget');
  await expect(details.locator('h1')).toHaveText(did);
  await expect(details).toContainText('DESY-DISK');

  await freeTransfers();
  await expect(row).toHaveAttribute('aria-label', /Done/, { timeout: 120_000 });
  await expect(transfers.title).not.toContainText('moving');
  await transfers.root.getByRole('button', { name: 'Clear finished' }).click();
  await expect(row).toBeHidden();
});
