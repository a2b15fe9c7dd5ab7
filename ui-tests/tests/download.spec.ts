import { existsSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import type { APIRequestContext, Locator } from '@playwright/test';

import { expectNoFindings } from './axe';
import { expect, test, type RucioPanel } from './fixtures';
import { certificate, jupyterRoot } from './lake';

/** Where nothing is mounted, data is downloaded: said before, watched, used, and deleted again. */

async function choose(
  panel: RucioPanel,
  row: Locator,
  item: string | RegExp
): Promise<void> {
  await row.click({ button: 'right' });
  await panel.page.getByRole('menuitem', { name: item }).click();
}

/** Deletes what an earlier story downloaded. */
async function forget(
  panel: RucioPanel,
  instance: string,
  did: string
): Promise<void> {
  await panel.page.request.delete(
    `/rucio-jupyterlab/instances/${instance}/copies?did=${encodeURIComponent(did)}`
  );
}

/** Uploads a file to a storage that sends what is named like this slowly. Resolves with its DID. */
async function putFar(
  request: APIRequestContext,
  bytes: number
): Promise<string> {
  const name = `slow_${Date.now().toString(36)}.dat`;
  const file = path.join(jupyterRoot, name);
  writeFileSync(file, '');
  truncateSync(file, bytes);
  try {
    const params = {
      certificate: certificate('x509', 'certificate'),
      key: certificate('x509', 'key')
    };
    const far = '/rucio-jupyterlab/instances/far';
    await request.put(`${far}/credentials`, { data: { type: 'x509', params } });
    const started = await request.post(`${far}/uploads`, {
      data: {
        paths: [name],
        scope: 'user.alice',
        rse: 'NIKHEF-LOCALGROUPDISK'
      }
    });
    expect(started.status()).toBe(202);
    const { job } = await started.json();
    await expect(async () => {
      const answer = await request.get(`/rucio-jupyterlab/jobs/${job.id}`);
      expect((await answer.json()).state).toBe('done');
    }).toPass({ timeout: 120_000 });
  } finally {
    rmSync(file);
  }
  return `user.alice:${name}`;
}

test.describe('in download mode', () => {
  test.use({ signedIn: ['download'] });

  test('a dataset is downloaded, attached, shown in the file browser and deleted @grid', async ({
    panel
  }) => {
    const { page } = panel;
    const did = 'demo:file_formats';
    await panel.choose('Downloads');
    await panel.search(did);
    const row = panel.row(did);
    await expect(row).toHaveAttribute('aria-label', /Not downloaded/);
    await row.hover();
    const button = row.getByRole('button', { name: `Download: ${did}` });
    await button.hover();
    await expect(page.getByRole('tooltip')).toContainText(
      /To the disk of this server: .* free/
    );
    await button.click();
    await expect(row).toHaveAttribute('aria-label', /, Downloaded/, {
      timeout: 120_000
    });

    await choose(panel, row, 'Open in File Browser');
    await expect(
      page.locator('.jp-DirListing-item').filter({ hasText: /\.csv/ }).first()
    ).toBeVisible();
    await panel.open();

    await panel.root.getByRole('button', { name: 'Rucio menu' }).click();
    await page.getByRole('menuitem', { name: 'Local Copies…' }).click();
    const dialog = page.getByRole('dialog');
    const copies = dialog.getByRole('list', { name: 'Local copies' });
    await expect(copies).toContainText(did);
    await copies
      .getByRole('button', { name: `Delete the copy of ${did}` })
      .click();
    await expect(dialog).toContainText('the data lake keeps its copies');
    await expectNoFindings(page, '.jp-Dialog');
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await expect(dialog).toContainText('are free again');
    await expect(copies.getByText(did)).toHaveCount(0);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await expect(row).toHaveAttribute('aria-label', /Not downloaded/);
  });

  test('the plan says what it means, and the variable in the notebook is a path', async ({
    panel
  }) => {
    const { page } = panel;
    const did = 'demo:readme.csv';
    await panel.choose('Downloads');
    await forget(panel, 'download', did);
    await page.notebook.createNew();
    await panel.open();
    await panel.search('demo:*.csv');
    const row = panel.tree.locator('[data-type="file"]').first();
    await choose(panel, row, /^Download…/);
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText(path.join(jupyterRoot, 'rucio'));
    await expect(dialog).toContainText(/free/);
    await dialog.getByRole('button', { name: 'Download' }).click();
    await expect(row).toHaveAttribute('aria-label', /, Downloaded/, {
      timeout: 120_000
    });
    const name = (await row.getAttribute('data-did')) ?? '';
    await panel.attach(name, 'table');
    await expect(panel.attachment('table')).toContainText(/ready/i, {
      timeout: 120_000
    });
    await page.notebook.setCell(0, 'code', 'print(open(table).readline())');
    await page.notebook.runCell(0);
    const output = await page.notebook.getCellTextOutput(0);
    expect(output?.join('')).toMatch(/,/);
  });

  test('some files of a dataset go into its folder, in one job @grid', async ({
    panel
  }) => {
    const did = 'demo:dimuon_2021';
    await panel.choose('Downloads');
    await forget(panel, 'download', did);
    await panel.search(did);
    const row = panel.row(did);
    await row.locator('.jp-RucioTree-expander').click();
    const files = panel.tree.locator('[data-type="file"]');
    await files.nth(0).click();
    await files.nth(2).click({ modifiers: ['Shift'] });
    await panel.root
      .getByRole('group', { name: 'What is selected' })
      .getByRole('button', { name: 'Download' })
      .click();
    await expect(row).toHaveAttribute('aria-label', /3 of \d+ files here/, {
      timeout: 120_000
    });
    const { items } = await (
      await panel.page.request.get(
        '/rucio-jupyterlab/jobs?kind=download&instance=download'
      )
    ).json();
    expect(items[0].files_total).toBe(3);
    await choose(panel, row, 'Delete Local Copy…');
    const dialog = panel.page.getByRole('dialog');
    await expect(dialog).toContainText('3 files');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await expect(row).toHaveAttribute('aria-label', /Not downloaded/);
  });
});

test.describe('from far away', () => {
  test.use({ signedIn: ['far'] });

  test('a download is cancelled in the middle, and goes on when it is asked for again @grid', async ({
    panel,
    request
  }) => {
    const did = await putFar(request, 24_000_000);
    await panel.choose('Far away');
    await panel.search(did);
    const row = panel.row(did);
    await expect(row).toHaveAttribute('aria-label', /Not downloaded/);
    const start = row.getByRole('button', { name: /^Download/ });
    await row.hover();
    await start.click();
    await expect(row.getByRole('progressbar')).toBeVisible();
    // The click is shown at once; the server's word that there is a job comes after it.
    await expect(row).toHaveAttribute('data-job', /./);
    await choose(panel, row, 'Cancel Download');
    await expect(row).toHaveAttribute('aria-label', /Not downloaded/);
    const name = did.split(':')[1];
    const copy = path.join(jupyterRoot, 'rucio/far/downloads/user.alice', name);
    expect(existsSync(path.join(copy, name))).toBe(false);
    await row.hover();
    await start.click();
    await expect(row).toHaveAttribute('aria-label', /, Downloaded/, {
      timeout: 120_000
    });
    expect(existsSync(path.join(copy, name))).toBe(true);
    await forget(panel, 'far', did);
  });
});

test.describe('beside replicas', () => {
  test.use({ signedIn: ['scratch'] });

  test('a download is in the menu, and changes nothing about what is available @grid', async ({
    panel
  }) => {
    const did = 'demo:file_formats';
    await panel.choose('Scratch');
    await panel.search(did);
    const row = panel.row(did);
    await expect(row).toHaveAttribute('data-state', 'not_available');
    await choose(panel, row, 'Download');
    await expect(row).toHaveAttribute('data-copy', 'true', {
      timeout: 120_000
    });
    await expect(row).toHaveAttribute('data-state', 'not_available');
    expect(existsSync(path.join(jupyterRoot, 'rucio'))).toBe(true);
    await choose(panel, row, 'Delete Local Copy…');
    await panel.page
      .getByRole('dialog')
      .getByRole('button', { name: 'Delete' })
      .click();
    await expect(row).not.toHaveAttribute('data-copy', 'true');
  });
});
