import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Page } from '@playwright/test';

import { expect, RucioPanel, test } from './fixtures';
import { jupyterRoot, lake } from './lake';

// Galata's helpers know JupyterLab's page, and this is another one.
/* eslint jupyter/galata-prefer-menu-helper: off, jupyter/galata-prefer-notebook-cell-helper: off */

/** The same in Jupyter Notebook 7, which the same server serves beside JupyterLab. */

const FOLDER = 'notebook7';
const DATASET = lake.examples.available_dataset;
const FILE = lake.examples.file_at_destination;

test('from an empty notebook to data that are read, in Notebook 7', async ({
  context
}) => {
  const page = await openNotebook(await context.newPage(), 'story.ipynb');
  const panel = new RucioPanel(page as IJupyterLabPageFixture);

  await page.getByRole('menuitem', { name: 'View', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Show Rucio' }).click();
  await expect(panel.root).toBeVisible();
  await expect(panel.root).toContainText('You are not signed in to ESCAPE.');
  await panel.signIn();

  await panel.search(DATASET);
  await panel.attach(DATASET, 'electrons');
  await expect(panel.attachment('electrons')).toHaveAttribute(
    'data-state',
    'ready'
  );

  const cell = page.locator('.jp-Notebook-cell').first();
  const attachment = panel.attachment('electrons');
  await attachment.hover();
  await attachment.getByRole('button', { name: 'Insert snippet' }).click();
  await expect(cell).toContainText('uproot.open(electrons[0])');
  await cell.locator('.cm-content').click();
  await page.keyboard.press('Shift+Enter');
  await expect(cell.locator('.jp-OutputArea-output')).toContainText('events');
  await expect(
    page.getByRole('toolbar').getByRole('button', { name: /1 ready/ })
  ).toBeVisible();

  // What is attached comes back with the page, and in its kernel.
  await page.keyboard.press('Control+s');
  await expect
    .poll(() =>
      readFile(path.join(jupyterRoot, FOLDER, 'story.ipynb'), 'utf-8')
    )
    .toContain('"variableName": "electrons"');
  await page.reload();
  await expect(
    page.getByRole('toolbar').getByRole('button', { name: /1 ready/ })
  ).toBeVisible();
});

test.describe('signed in', () => {
  test.use({ signedIn: ['linked'] });

  test('paths are inserted and files are shown in the page of files', async ({
    context
  }) => {
    const page = await openNotebook(await context.newPage(), 'paths.ipynb');
    const panel = new RucioPanel(page as IJupyterLabPageFixture);
    await page.getByRole('button', { name: 'Attach data from Rucio' }).click();
    await expect(panel.root).toBeVisible();
    await panel.choose('Linked');
    await panel.search(FILE);
    const row = panel.row(FILE);
    await expect(row).toHaveAttribute('data-state', 'available');

    await row.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Insert Path' }).click();
    const cell = page.locator('.jp-Notebook-cell').first();
    await expect(cell).toContainText('calibration_constants.csv"');

    const opened = context.waitForEvent('page');
    await row.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Open in File Browser' }).click();
    const files = await opened;
    await expect(files.locator('.jp-DirListing-content')).toContainText(
      'calibration_constants.csv'
    );
  });
});

/** An empty notebook in Notebook 7, whose kernel is there. */
async function openNotebook(page: Page, name: string): Promise<Page> {
  await mkdir(path.join(jupyterRoot, FOLDER), { recursive: true });
  await writeFile(path.join(jupyterRoot, FOLDER, name), EMPTY);
  await page.goto(`/notebooks/${FOLDER}/${name}`);
  await expect(page.locator('.jp-Notebook-cell')).toBeVisible();
  await expect(
    page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
  ).toBeVisible();
  return page;
}

const EMPTY = JSON.stringify({
  cells: [
    {
      cell_type: 'code',
      id: 'first',
      execution_count: null,
      metadata: {},
      outputs: [],
      source: []
    }
  ],
  metadata: {
    kernelspec: {
      display_name: 'Python 3 (ipykernel)',
      language: 'python',
      name: 'python3'
    }
  },
  nbformat: 4,
  nbformat_minor: 5
});
