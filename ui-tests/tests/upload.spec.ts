import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { expectNoFindings } from './axe';
import { close, register } from './catalogue';
import { expect, test } from './fixtures';
import { certificate, freeTransfers, jupyterRoot, lake } from './lake';

/** From files in the file browser to DIDs in Rucio, and what is said before anything moves. */

const RSE = 'LUND-USERDISK';
const WEBDAV = 'NIKHEF-LOCALGROUPDISK';

/** A folder of its own for each story: what is in Rucio once stays there. */
let folder = '';
let count = 0;

test.beforeEach(({ page: _ }, { workerIndex }) => {
  folder = `upload-${Date.now().toString(36)}-${workerIndex}-${count++}`;
  mkdirSync(path.join(jupyterRoot, folder));
});
test.afterEach(freeTransfers);

function write(name: string, content: string): void {
  const file = path.join(jupyterRoot, folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** Opens the dialog for items of the story's folder. */
async function uploadFromBrowser(
  page: IJupyterLabPageFixture,
  ...names: string[]
): Promise<Locator> {
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
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Upload to Rucio');
  return dialog;
}

/** Until no upload of the story moves any more. */
async function ended(page: IJupyterLabPageFixture): Promise<void> {
  await expect(async () => {
    const { items } = await (
      await page.request.get('/rucio-jupyterlab/jobs?kind=upload')
    ).json();
    const active = (items as { state: string }[]).filter(
      ({ state }) => state === 'queued' || state === 'running'
    );
    expect(active).toEqual([]);
  }).toPass({ timeout: 120_000 });
}

const button = (dialog: Locator) =>
  dialog.getByRole('button', { name: 'Upload', exact: true });

async function fill(dialog: Locator, prefix = `${folder}.`): Promise<void> {
  await expect(dialog.getByLabel('Scope')).toHaveValue('user.alice');
  await dialog.getByLabel('RSE').selectOption(RSE);
  await dialog.getByLabel('Name prefix').fill(prefix);
}

test.describe('from the file browser', () => {
  test.use({ signedIn: ['escape'] });

  test('two files into a new dataset: said before, sent, and found in Rucio @grid', async ({
    page,
    panel
  }) => {
    write('masses.csv', 'mass\n91.2\n');
    write('notes.txt', 'Z boson\n');
    const dialog = await uploadFromBrowser(page, 'masses.csv', 'notes.txt');
    await fill(dialog);
    await dialog.getByLabel('Into dataset').fill(`${folder}.results`);
    const plan = dialog.getByRole('region', { name: 'What will be created' });
    await expect(plan).toContainText(`2 files, 18 B, to ${RSE}`);
    await expect(plan).toContainText(`user.alice:${folder}.masses.csv`);
    await expect(plan).toContainText(
      `The dataset user.alice:${folder}.results will be made.`
    );
    await expect(plan).toContainText('10 GB left');
    await button(dialog).click();
    await expect(dialog).toBeHidden();
    await expect(
      page.getByText('The upload of 2 files has started.')
    ).toBeVisible();

    await panel.open();
    await expect(async () => {
      await panel.search(`user.alice:${folder}.results`);
      await expect(panel.row(`user.alice:${folder}.results`)).toHaveAttribute(
        'aria-label',
        /2 files/,
        { timeout: 10_000 }
      );
    }).toPass({ timeout: 120_000 });
  });

  test('what is in Rucio already is said, other content is refused with both checksums @grid', async ({
    page
  }) => {
    write('same.csv', 'one\n');
    const dialog = await uploadFromBrowser(page, 'same.csv');
    await fill(dialog);
    const plan = dialog.getByRole('region', { name: 'What will be created' });
    await expect(plan).toContainText('1 file, 4 B');
    await button(dialog).click();
    await expect(dialog).toBeHidden();
    await ended(page);

    await uploadFromBrowser(page, 'same.csv');
    // What was chosen the last time is chosen again.
    await expect(dialog.getByLabel('RSE')).toHaveValue(RSE);
    await dialog.getByLabel('Name prefix').fill(`${folder}.`);
    await expect(plan).toContainText(
      '1 file is in Rucio already, with the same content.'
    );
    await dialog.getByRole('button', { name: 'Cancel' }).click();

    write('same.csv', 'two\n');
    await uploadFromBrowser(page, 'same.csv');
    await dialog.getByLabel('Name prefix').fill(`${folder}.`);
    await expect(plan).toContainText('Conflict');
    await expect(plan).toContainText(/[0-9a-f]{8}.*[0-9a-f]{8}/);
    await expect(button(dialog)).toBeDisabled();
    await expect(dialog.getByRole('status').last()).toContainText(
      'It cannot start'
    );
    // Another name is another DID.
    await dialog.getByLabel('Name prefix').fill(`${folder}.second.`);
    await expect(button(dialog)).toBeEnabled();
  });

  test('names that Rucio refuses come with others that it takes', async ({
    page
  }) => {
    write('my results.csv', 'a\n');
    const dialog = await uploadFromBrowser(page, 'my results.csv');
    await fill(dialog);
    const plan = dialog.getByRole('region', { name: 'What will be created' });
    await expect(plan).toContainText('Name not taken');
    await expect(button(dialog)).toBeDisabled();
    await plan.getByRole('button', { name: 'Use the proposed names' }).click();
    await expect(plan).toContainText(`user.alice:${folder}.my_results.csv`);
    await expect(button(dialog)).toBeEnabled();
  });

  test('a folder keeps its structure in the names', async ({ page }) => {
    write('plots/mass/z.png', 'z');
    write('plots/mass/.hidden', 'h');
    write('plots/pt.png', 'pt');
    const dialog = await uploadFromBrowser(page, 'plots');
    await fill(dialog);
    const plan = dialog.getByRole('region', { name: 'What will be created' });
    await expect(plan).toContainText('2 files, 3 B');
    await expect(plan).toContainText(/plots.mass.z\.png/);
    await expect(plan).not.toContainText('hidden');
  });

  test('nothing can be put into a dataset that is closed, and the dialog says so', async ({
    page
  }) => {
    const dataset = `user.alice:${folder}.closed`;
    await register('dataset', dataset);
    await close(dataset);
    write('late.csv', 'late\n');
    const dialog = await uploadFromBrowser(page, 'late.csv');
    await fill(dialog);
    await dialog.getByLabel('Into dataset').fill(`${folder}.closed`);
    await expect(dialog).toContainText(/closed/);
    await expect(button(dialog)).toBeDisabled();
    await dialog.getByLabel('Into dataset').fill(`${folder}.open`);
    await expect(button(dialog)).toBeEnabled();
  });

  test('without a quota it cannot start, and the dialog says so @grid', async ({
    page
  }) => {
    write('big.dat', 'x'.repeat(1_500_000));
    const dialog = await uploadFromBrowser(page, 'big.dat');
    await fill(dialog);
    await dialog.getByLabel('RSE').selectOption('TINY-DISK');
    const plan = dialog.getByRole('region', { name: 'What will be created' });
    await expect(plan).toContainText(/quota/);
    await expect(button(dialog)).toBeDisabled();
  });

  test('everything can be done with the keyboard, and Enter starts it', async ({
    page
  }) => {
    write('keys.txt', 'keys');
    const dialog = await uploadFromBrowser(page, 'keys.txt');
    await fill(dialog);
    const prefix = dialog.getByLabel('Name prefix');
    // Enter does nothing before it may start.
    await dialog.getByLabel('Days', { exact: true }).fill('x');
    await page.keyboard.press('Enter');
    await expect(dialog).toContainText('That is no whole number of days.');
    await dialog.getByLabel('Days', { exact: true }).fill('30');
    await expect(button(dialog)).toBeEnabled();
    // The list that is open takes Escape; the next one is the dialog's.
    const scope = dialog.getByLabel('Scope');
    await scope.fill('user');
    await expect(
      page.getByRole('option', { name: 'user.alice' })
    ).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog).toBeVisible();
    await scope.fill('user.alice');
    await prefix.focus();
    await expect(button(dialog)).toBeEnabled();
    await prefix.press('Enter');
    await expect(dialog).toBeHidden();
    await expect(
      page.getByText('The upload of 1 file has started.')
    ).toBeVisible();
  });

  test('without a selection files are chosen in Jupyter’s own dialog, and nothing typed is lost', async ({
    page,
    panel
  }) => {
    write('chosen.txt', 'chosen');
    await page.sidebar.openTab('filebrowser');
    await page.filebrowser.openDirectory(folder);
    await panel.open();
    await panel.root.getByRole('button', { name: 'Rucio menu' }).click();
    await page.getByRole('menuitem', { name: 'Upload to Rucio…' }).click();
    const dialog = page.getByRole('dialog');
    await fill(dialog);
    await expect(dialog).toContainText(
      'Choose the files that are to be uploaded.'
    );
    await dialog.getByRole('button', { name: 'Choose files…' }).click();
    await expect(dialog).toContainText('Choose what to upload to Rucio');
    const chosen = dialog
      .locator('.jp-DirListing-item')
      .filter({ hasText: folder });
    await chosen.click();
    await dialog.getByRole('button', { name: 'Select' }).click();
    await expect(dialog).toContainText('Upload to Rucio');
    await expect(dialog.getByLabel('Name prefix')).toHaveValue(`${folder}.`);
    await expect(
      dialog.getByRole('region', { name: 'What will be created' })
    ).toContainText('chosen.txt');
    await expect(button(dialog)).toBeEnabled();
  });

  test('many files are listed up to what can be read', async ({ page }) => {
    for (let i = 0; i < 300; i++) {
      write(`many/event_${String(i).padStart(3, '0')}.dat`, `${i}`);
    }
    const dialog = await uploadFromBrowser(page, 'many');
    await fill(dialog);
    const plan = dialog.getByRole('region', { name: 'What will be created' });
    await expect(plan).toContainText('300 files');
    await expect(plan).toContainText('and 100 more, which are not listed');
    await expect(plan.getByRole('listitem')).toHaveCount(200);
  });
});

for (const theme of ['light', 'dark'] as const) {
  test.describe(`in the ${theme} theme, in a narrow window`, () => {
    test.use({ signedIn: ['escape'], viewport: { width: 460, height: 780 } });

    test('everything is said so that all can read it', async ({ page }) => {
      await (theme === 'dark'
        ? page.theme.setDarkTheme()
        : page.theme.setLightTheme());
      write('good.csv', 'a\n');
      write('bad name.csv', 'b\n');
      const dialog = await uploadFromBrowser(page, 'good.csv', 'bad name.csv');
      await fill(dialog);
      await expect(dialog).toContainText('Name not taken');
      await expectNoFindings(page, '.jp-Dialog');
      await dialog
        .getByRole('button', { name: 'Use the proposed names' })
        .click();
      await expect(button(dialog)).toBeEnabled();
      await expectNoFindings(page, '.jp-Dialog');
      const box = await button(dialog).boundingBox();
      expect(box!.x + box!.width).toBeLessThanOrEqual(460);
    });
  });
}

test.describe('in Notebook 7', () => {
  test.use({ signedIn: ['escape'] });

  test('the page of the files has it in its menu', async ({ context }) => {
    write('tree.txt', 'tree');
    const page = await context.newPage();
    await page.goto(`/tree/${folder}`);
    const item = page
      .locator('.jp-DirListing-item')
      .filter({ hasText: 'tree.txt' });
    await item.click();
    await item.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Upload to Rucio…' }).click();
    const dialog = page.getByRole('dialog');
    await fill(dialog);
    await expect(
      dialog.getByRole('region', { name: 'What will be created' })
    ).toContainText('1 file, 4 B');
    await button(dialog).click();
    await expect(dialog).toBeHidden();
    await expect(
      page.getByText('The upload of 1 file has started.')
    ).toBeVisible();
  });
});

test.describe('to a storage that speaks WebDAV', () => {
  test.use({ signedIn: ['tls'] });

  test('a password does not do, a certificate does @grid', async ({
    page,
    panel
  }) => {
    await panel.choose('Certificates');
    write('far.csv', 'far\n');
    const dialog = await uploadFromBrowser(page, 'far.csv');
    await expect(dialog.getByLabel('Scope')).toHaveValue('user.alice');
    await dialog.getByLabel('Name prefix').fill(`${folder}.`);
    await dialog.getByLabel('RSE').selectOption(WEBDAV);
    await expect(dialog).toContainText(/signed in with/);
    await expect(button(dialog)).toBeDisabled();
    await dialog.getByRole('button', { name: 'Cancel' }).click();

    const params = {
      certificate: certificate('x509', 'certificate'),
      key: certificate('x509', 'key')
    };
    const answer = await page.request.put(
      '/rucio-jupyterlab/instances/tls/credentials',
      { data: { type: 'x509', params } }
    );
    expect(answer.ok()).toBe(true);
    await uploadFromBrowser(page, 'far.csv');
    await dialog.getByLabel('Name prefix').fill(`${folder}.`);
    await dialog.getByLabel('RSE').selectOption(WEBDAV);
    await expect(dialog).toContainText(`1 file, 4 B, to ${WEBDAV}`);
    await button(dialog).click();
    await expect(dialog).toBeHidden();
    await ended(page);
    await panel.open();
    await panel.search(`user.alice:${folder}.far.csv`);
    await expect(panel.row(`user.alice:${folder}.far.csv`)).toBeVisible();
  });
});

test.describe('below scratch storage', () => {
  test.use({ signedIn: ['scratch'] });

  test('a file is moved by Rucio, and that is said @grid', async ({
    page,
    panel
  }) => {
    await panel.choose('Scratch');
    const mount = lake.rses['JUPYTER-SCRATCHDISK'].mount_path ?? '';
    const file = path.join(mount, `${folder}.dat`);
    writeFileSync(file, 'scratch');
    await panel.root.getByRole('button', { name: 'Rucio menu' }).click();
    await page.getByRole('menuitem', { name: 'Upload to Rucio…' }).click();
    const dialog = page.getByRole('dialog');
    await expect(
      dialog.getByRole('button', { name: 'Choose files…' })
    ).toBeFocused();
    const typed = dialog.getByLabel('Path on the server');
    await typed.fill(file);
    await typed.press('Enter');
    await expect(
      dialog.getByRole('list', { name: 'To be uploaded' })
    ).toContainText(file);
    await fill(dialog, '');
    await expect(dialog).toContainText(
      'Moved by Rucio between storages, and not through this server'
    );
    await dialog.getByLabel('and on the scratch storage for two days').check();
    await expect(button(dialog)).toBeEnabled();
    await button(dialog).click();
    await expect(dialog).toBeHidden();
    await expect(async () => {
      await panel.search(`user.alice:${folder}.dat`);
      await expect(panel.row(`user.alice:${folder}.dat`)).toBeVisible({
        timeout: 10_000
      });
    }).toPass({ timeout: 120_000 });
  });
});
