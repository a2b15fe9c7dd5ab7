import path from 'node:path';

import type { IJupyterLabPageFixture } from '@jupyterlab/galata';

import { expect, test, type RucioPanel } from './fixtures';
import { lake } from './lake';

/** The pictures of attached variables, taken from the real thing: `make docs`. */

const FOLDER = path.join(__dirname, '..', '..', 'docs', 'pictures');

test.use({ signedIn: ['escape'] });

/** Where this checkout lies is nobody's business. */
const WITHOUT_PATHS = '.jp-OutputArea td code { visibility: hidden }';

async function begin(
  page: IJupyterLabPageFixture,
  panel: RucioPanel,
  variables: Record<string, string>,
  kernel?: string
): Promise<void> {
  await page.sidebar.setWidth(340, 'left');
  await page.notebook.createNew('analysis.ipynb', kernel ? { kernel } : {});
  await panel.open();
  for (const [name, did] of Object.entries(variables)) {
    await panel.search(did);
    await panel.attachByMenu(did, name);
    await expect(panel.attachment(name)).toHaveAttribute(
      'data-state',
      /ready|unavailable/,
      { timeout: 120_000 }
    );
  }
}

async function run(
  page: IJupyterLabPageFixture,
  ...cells: string[]
): Promise<void> {
  for (const [index, code] of cells.entries()) {
    // Running a cell has added the next one.
    await page.notebook.setCell(index, 'code', code);
    await page.notebook.runCell(index);
  }
}

test('a dataset that is partly here, in a Python notebook', async ({
  page,
  panel
}) => {
  await begin(page, panel, {
    photons: lake.examples.partial_dataset,
    calibration: lake.examples.file_at_destination
  });
  await run(page, 'photons', 'photons.missing_files[0]');
  await expect(page.locator('.jp-OutputArea').nth(1)).toContainText(
    'not available'
  );
  await page.locator('.jp-Notebook').evaluate(node => (node.scrollTop = 0));
  await page.screenshot({
    path: path.join(FOLDER, 'variables.png'),
    style: WITHOUT_PATHS
  });
});

test('a dataset in an R notebook', async ({ page, panel }) => {
  await begin(
    page,
    panel,
    { events: lake.examples.available_dataset, transit: lake.examples.csv },
    'ir'
  );
  await run(
    page,
    'length(events)',
    'names(events)[1:2]',
    'tryCatch(readLines(transit, 1), error = conditionMessage)'
  );
  await page.screenshot({ path: path.join(FOLDER, 'r.png') });
});
