import path from 'node:path';

import type { IJupyterLabPageFixture } from '@jupyterlab/galata';

import { expect, test, type RucioPanel } from './fixtures';
import { freeTransfers, setTransfers } from './lake';

/** The pictures of the documentation, taken from the real thing: `make docs`. */

const FOLDER = path.join(__dirname, '..', '..', 'docs', 'pictures');

test.use({ signedIn: ['escape'] });

/** Where this checkout lies is nobody's business. */
const WITHOUT_PATHS = '.jp-OutputArea-output pre { visibility: hidden }';

test('the panel while data moves, and the story in light and dark', async ({
  page,
  panel
}) => {
  await widen(page, 340);
  await panel.search('demo:');
  await open(panel, 'demo:campaign2021');
  await expect(panel.row('demo:photon_2021')).toBeVisible();
  await makeAvailable(panel, 'demo:calib_broken');
  await expect(panel.row('demo:calib_broken')).toHaveAttribute(
    'aria-label',
    /Stuck/,
    { timeout: 120_000 }
  );
  // Only now: what fails would count too.
  await setTransfers({ may_finish: 4 });
  await makeAvailable(panel, 'demo:dimuon_2021');
  await expect(panel.row('demo:dimuon_2021')).toHaveAttribute(
    'aria-label',
    /[2-6] of 8 files/,
    { timeout: 120_000 }
  );
  await panel.root.screenshot({ path: path.join(FOLDER, 'panel.png') });
  await freeTransfers();
  await expect(panel.row('demo:dimuon_2021')).toHaveAttribute(
    'aria-label',
    /, Available/,
    { timeout: 120_000 }
  );

  await page.sidebar.openTab('filebrowser');
  await page.filebrowser.openHomeDirectory();
  await page.notebook.openByPath('Start here.ipynb');
  await panel.open();
  await panel.attach('demo:dimuon_2021', 'dimuon');
  await expect(panel.attachment('dimuon')).toHaveAttribute(
    'data-state',
    'ready'
  );
  await page.notebook.run();
  await page.locator('.jp-OutputArea img').scrollIntoViewIfNeeded();
  await page.screenshot({
    path: path.join(FOLDER, 'story.png'),
    style: WITHOUT_PATHS
  });
  await page.theme.setDarkTheme();
  await page.screenshot({
    path: path.join(FOLDER, 'story-dark.png'),
    style: WITHOUT_PATHS
  });
  await page.theme.setLightTheme();

  await panel.row('demo:dimuon_2021').click();
  await panel.tree.press('Alt+i');
  const details = page.locator('.jp-RucioDetails-main');
  await expect(details).toContainText('CNAF-DISK');
  await expect(details).toContainText('run_number');
  await page.screenshot({
    path: path.join(FOLDER, 'details.png'),
    style: WITHOUT_PATHS
  });
});

async function open(panel: RucioPanel, did: string): Promise<void> {
  await panel.row(did).click();
  await panel.page.keyboard.press('ArrowRight');
  await expect(panel.row(did)).toHaveAttribute('aria-expanded', 'true');
}

async function makeAvailable(panel: RucioPanel, did: string): Promise<void> {
  const row = panel.row(did);
  await row.hover();
  await row.getByRole('button', { name: 'Make available' }).click();
}

/** Drags the edge of the sidebar. */
async function widen(
  page: IJupyterLabPageFixture,
  width: number
): Promise<void> {
  await page.sidebar.setWidth(width, 'left');
}
