import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import type { Locator } from '@playwright/test';

import { expect, test, type RucioPanel } from './fixtures';
import { freeTransfers, jupyterRoot, lake, setTransfers } from './lake';

/** The pictures of downloads and uploads, taken from the real thing: `make docs`. */

const FOLDER = path.join(__dirname, '..', '..', 'docs', 'pictures');

const picture = (name: string) => path.join(FOLDER, `${name}.png`);

test.afterEach(freeTransfers);

/** Opens the dialog for what the file browser shows in a folder. */
async function upload(
  panel: RucioPanel,
  folder: string,
  ...names: string[]
): Promise<Locator> {
  const { page } = panel;
  await page.sidebar.openTab('filebrowser');
  await page.filebrowser.openDirectory(folder);
  await page.filebrowser.refresh();
  const item = (name: string) =>
    page.locator('.jp-DirListing-item').filter({ hasText: name }).first();
  await item(names[0]).click();
  for (const name of names.slice(1)) {
    await item(name).click({ modifiers: ['ControlOrMeta'] });
  }
  await item(names[0]).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Upload to Rucio…' }).click();
  return page.getByRole('dialog');
}

function write(name: string, size: number): void {
  const file = path.join(jupyterRoot, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, Buffer.alloc(size, name));
}

test.describe('uploads', () => {
  test.use({ signedIn: ['escape'] });

  test('the dialog says what will be created, the section what moves', async ({
    panel
  }) => {
    const { page } = panel;
    write('thesis/dimuon_mass.png', 48_000);
    write('thesis/fit_results.csv', 3_200);
    write('thesis/selected_events.parquet', 12_400_000);
    const dialog = await upload(
      panel,
      'thesis',
      'dimuon_mass.png',
      'fit_results.csv',
      'selected_events.parquet'
    );
    await expect(dialog.getByLabel('Scope')).toHaveValue('user.alice');
    await dialog.getByLabel('RSE').selectOption('LUND-USERDISK');
    await dialog.getByLabel('Name prefix').fill('thesis.');
    await dialog.getByLabel('Into dataset').fill('thesis.results');
    const plan = dialog.getByRole('region', { name: 'What will be created' });
    await expect(plan).toContainText('3 files');
    await expect(plan).toContainText('thesis.results will be made');
    await page.screenshot({ path: picture('upload') });
    await dialog.getByRole('button', { name: 'Upload', exact: true }).click();
    await expect(dialog).toBeHidden();

    await panel.open();
    await page.sidebar.setWidth(340, 'left');
    await setTransfers({ may_finish: 3 });
    await panel.search(lake.examples.dimuon_dataset);
    const row = panel.row(lake.examples.dimuon_dataset);
    await row.hover();
    await row.getByRole('button', { name: 'Make available' }).click();
    await expect(row).toHaveAttribute('aria-label', /[1-6] of 8 files/, {
      timeout: 120_000
    });
    await panel.root
      .locator('.jp-AccordionPanel-title', { hasText: 'Transfers' })
      .click();
    const section = panel.root.locator('.jp-RucioTransfers');
    await expect(section).toContainText('Uploaded', { timeout: 120_000 });
    await expect(section).toContainText('of 8 files');
    await panel.root.screenshot({ path: picture('transfers') });
  });
});

test.describe('scratch storage', () => {
  test.use({ signedIn: ['scratch'] });

  test('what lies there is moved from storage to storage', async ({
    panel
  }) => {
    const { page } = panel;
    await panel.choose('Scratch');
    const mount = lake.rses['JUPYTER-SCRATCHDISK'].mount_path ?? '';
    mkdirSync(path.join(mount, 'alice'), { recursive: true });
    const file = path.join(mount, 'alice', 'simulation_2026.root');
    writeFileSync(file, Buffer.alloc(20_000_000, 'x'));
    await panel.root.getByRole('button', { name: 'Rucio menu' }).click();
    await page.getByRole('menuitem', { name: /^Upload/ }).click();
    const dialog = page.getByRole('dialog');
    const typed = dialog.getByLabel('Path on the server');
    await typed.fill(file);
    await typed.press('Enter');
    await expect(dialog.getByLabel('Scope')).toHaveValue('user.alice');
    await dialog.getByLabel('RSE').selectOption('EULAKE-1');
    await expect(dialog).toContainText('Moved by Rucio between storages');
    // Where this checkout lies is nobody's business.
    await dialog.evaluate((node, shown) => {
      const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const text = walker.currentNode as Text;
        text.data = text.data.replace(shown, '/scratch');
      }
    }, mount);
    await page.screenshot({ path: picture('scratch') });
  });
});

test.describe('downloads', () => {
  test.use({ signedIn: ['download'] });

  test('rows say what is on the disk', async ({ panel }) => {
    const { page } = panel;
    await panel.choose('Downloads');
    await panel.search('demo:dimuon*');
    const row = panel.row(lake.examples.dimuon_dataset);
    await row.hover();
    await row.getByRole('button', { name: /^Download/ }).click();
    await expect(row).toHaveAttribute('aria-label', /, Downloaded/, {
      timeout: 120_000
    });
    await row.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Open in File Browser' }).click();
    await expect(
      page.locator('.jp-DirListing-item').filter({ hasText: '.root' }).first()
    ).toBeVisible();
    await panel.open();
    await panel.root
      .locator('.jp-AccordionPanel-title', { hasText: 'Transfers' })
      .click();
    await expect(panel.root.locator('.jp-RucioTransfers')).toContainText(
      'Done'
    );
    await panel.root.screenshot({ path: picture('download') });
  });
});

test.describe('xcache', () => {
  test.use({ signedIn: ['cached'] });

  test('the address of a variable leads through the cache', async ({
    panel
  }) => {
    const { page } = panel;
    await panel.choose('Cached');
    await page.notebook.createNew();
    await panel.open();
    await panel.search(lake.examples.file_at_destination);
    await expect(panel.row(lake.examples.file_at_destination)).toHaveAttribute(
      'aria-label',
      /, Available/,
      { timeout: 120_000 }
    );
    await panel.attach(lake.examples.file_at_destination, 'sample');
    await expect(panel.attachment('sample')).toHaveAttribute(
      'data-state',
      'ready',
      { timeout: 120_000 }
    );
    await page.notebook.setCell(0, 'code', 'sample.pfn');
    await page.notebook.runCell(0);
    await expect(page.locator('.jp-OutputArea-output').first()).toContainText(
      /root:\/\/127\.0\.0\.1:\d+\/\/root:\/\//
    );
    await page.screenshot({ path: picture('xcache') });
  });
});
