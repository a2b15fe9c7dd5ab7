import type { IJupyterLabPageFixture } from '@jupyterlab/galata';

import {
  openNewNotebook,
  runInLastCell as run,
  whenNoLongerReady
} from './cells';
import { expect, type RucioPanel, test } from './fixtures';
import { lake } from './lake';

/** Attached variables in kernels that are shared, crash, are busy, or speak another language. */

const FILE = lake.examples.file_at_destination;
const DATASET = lake.examples.available_dataset;

test.use({ signedIn: ['escape'] });

test('two notebooks on one kernel have their own variables in it', async ({
  page,
  panel,
  tmpPath
}) => {
  await openNewNotebook(page, `${tmpPath}/first.ipynb`);
  await attach(panel, DATASET, 'events');
  await page.notebook.createNew('second.ipynb');
  await page
    .getByRole('button', { name: /Python 3/ })
    .last()
    .click();
  const dialog = page.getByRole('dialog');
  const session = dialog.getByRole('option', { name: /^first\.ipynb/ });
  await dialog
    .getByRole('combobox')
    .selectOption((await session.getAttribute('value'))!);
  await dialog.getByRole('button', { name: 'Select Kernel' }).click();
  await expect(dialog).toBeHidden();
  await attach(panel, FILE, 'constants');

  // Both are there for both; each notebook speaks of its own.
  expect(
    await run(page, 'print(len(events) > 0, len(open(constants).read()) > 0)')
  ).toBe('True True');
  await expect(panel.attachment('events')).toBeHidden();
  await detach(page, panel, 'constants');
  expect(
    await run(page, '"constants" in globals(), "events" in globals()')
  ).toBe('(False, True)');

  await page.notebook.activate('first.ipynb');
  await expect(panel.attachment('events')).toHaveAttribute(
    'data-state',
    'ready'
  );
  await expect(panel.attachment('constants')).toBeHidden();
  expect(await run(page, 'len(events) > 0')).toBe('True');
});

test('a kernel that crashes has its variables again before it is said', async ({
  page,
  panel
}) => {
  await page.notebook.createNew('crash.ipynb');
  await attach(panel, DATASET, 'events');
  const left = await whenNoLongerReady(page, 'events');
  await page.notebook.addCell('code', 'import os; os.kill(os.getpid(), 9)');
  await page.notebook.selectCells(1);
  await page.keyboard.press('Shift+Enter');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: 'Ok' })
    .click({ timeout: 120_000 });
  await left();
  await expect(panel.attachment('events')).toHaveAttribute(
    'data-state',
    'ready',
    { timeout: 120_000 }
  );
  expect(await run(page, 'len(events) > 0')).toBe('True');
});

test('all cells of a kernel that was just restarted have the variables', async ({
  page,
  panel
}) => {
  await page.notebook.createNew('again.ipynb');
  await attach(panel, DATASET, 'events');
  await page.notebook.setCell(0, 'code', 'len(events) > 0');
  await page.menu.clickMenuItem('Kernel>Restart Kernel and Run All Cells…');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: 'Confirm Kernel Restart' })
    .click();
  await expect(
    (await page.notebook.getCellLocator(0))!.locator('.jp-OutputArea-output')
  ).toHaveText('True');
});

test('a page that is closed while a variable waits leaves nothing undone', async ({
  page,
  panel,
  tmpPath
}) => {
  await openNewNotebook(page, `${tmpPath}/closed.ipynb`);
  await attach(panel, DATASET, 'events');
  await page.notebook.addCell('code', 'import time; time.sleep(10); done = 1');
  await page.notebook.selectCells(1);
  await page.keyboard.press('Shift+Enter');
  await find(panel, FILE);
  await panel.attach(FILE, 'constants');
  await expect(panel.attachment('constants')).toContainText(
    'waiting for kernel (busy)'
  );
  await page.notebook.save();

  // The page goes while the kernel still runs the cell, and the next one finds it busy.
  // (Galata's own option, which the type of its page leaves out; it would wait for a launcher.)
  await page.reload({ waitForIsReady: false } as Parameters<
    typeof page.reload
  >[0]);
  await expect(page.getByRole('tab', { name: 'closed.ipynb' })).toBeVisible();
  await panel.open();
  for (const name of ['events', 'constants']) {
    await expect(panel.attachment(name)).toHaveAttribute(
      'data-state',
      'ready',
      { timeout: 120_000 }
    );
  }
  // The cell that ran was not disturbed, and is the same process.
  expect(await run(page, 'done, len(events) > 0, constants[-4:]')).toBe(
    `(1, True, '.csv')`
  );
});

test('an R notebook has the files of a dataset, and leaves with them', async ({
  page,
  panel
}) => {
  await page.notebook.createNew('r.ipynb', { kernel: 'ir' });
  await attach(panel, DATASET, 'events');
  await attach(panel, FILE, 'constants');
  expect(
    await run(page, 'cat(all(file.exists(events)), attr(events, "did"))')
  ).toBe(`TRUE ${DATASET}`);

  // The row says where it is, to the mouse and to the keyboard.
  const name = panel
    .attachment('constants')
    .getByText('constants', { exact: true });
  await expect(name).toHaveAttribute('title', /calibration_constants\.csv/);
  await name.focus();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Tab');
  await expect(
    panel.attachment('constants').locator('.jp-RucioAttachment-place')
  ).toBeVisible();

  await panel
    .attachment('constants')
    .getByRole('button', { name: 'Insert snippet' })
    .click();
  const last = (await page.notebook.getCellCount()) - 1;
  expect(await page.notebook.getCellTextInput(last)).toContain(
    'read.csv(constants)'
  );
  await page.notebook.runCell(last);
  expect((await page.notebook.getCellTextOutput(last))?.length).toBeGreaterThan(
    0
  );

  await detach(page, panel, 'events');
  expect(await run(page, 'cat(exists("events"), exists("constants"))')).toBe(
    'FALSE TRUE'
  );
});

async function find(panel: RucioPanel, did: string): Promise<void> {
  await panel.open();
  await panel.search(did);
  await expect(panel.row(did)).toHaveAttribute('aria-label', /, Available/);
}

async function attach(
  panel: RucioPanel,
  did: string,
  variableName: string
): Promise<void> {
  await find(panel, did);
  await panel.attach(did, variableName);
  await expect(panel.attachment(variableName)).toHaveAttribute(
    'data-state',
    'ready',
    { timeout: 120_000 }
  );
}

async function detach(
  page: IJupyterLabPageFixture,
  panel: RucioPanel,
  variableName: string
): Promise<void> {
  await panel.attachment(variableName).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Detach' }).click();
  await expect(panel.attachment(variableName)).toBeHidden();
}
