import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { expect, type RucioPanel, test } from './fixtures';
import { lake } from './lake';

/** From a row of the sidebar into a notebook, a console, a file, and to the file browser. */

const FILE = lake.examples.file_at_destination;
const DATASET = lake.examples.available_dataset;
const ELSEWHERE = lake.examples.json;

test.use({ signedIn: ['escape', 'linked', 'operator'] });

test('the path of a file, at the cursor of a cell, from the context menu', async ({
  page,
  panel
}) => {
  await page.notebook.createNew('paths.ipynb');
  await page.notebook.setCell(0, 'code', 'print(open().readline())');
  await page.notebook.enterCellEditingMode(0);
  await page.keyboard.press('Home');
  for (let at = 0; at < 'print(open('.length; at++) {
    await page.keyboard.press('ArrowRight');
  }
  await found(panel, FILE);

  await choose(page, panel.row(FILE), 'Insert Path');

  const cell = await page.notebook.getCellLocator(0);
  await expect(cell!).toContainText('calibration_constants.csv"');
  await expectOutput(page, 0, /,/);
});

test('the paths of a dataset are a list, by keyboard alone', async ({
  page,
  panel
}) => {
  await page.notebook.createNew('lists.ipynb');
  await found(panel, DATASET);
  await panel.tree.press('Alt+p');
  const cell = await page.notebook.getCellLocator(0);
  await expect(cell!).toContainText(/\.root",/);
  await expect(cell!.locator('.cm-content')).toBeFocused();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('len(');
  await page.keyboard.press('Control+End');
  await page.keyboard.type(')');
  await expectOutput(page, 0, /^[1-9]\d*$/);
});

test('what is not here has no path: it is said, with the button that helps', async ({
  page,
  panel
}) => {
  await page.notebook.createNew('elsewhere.ipynb');
  await found(panel, ELSEWHERE);
  await choose(page, panel.row(ELSEWHERE), 'Insert Path');
  const toast = page.locator('.Toastify__toast');
  await expect(toast).toContainText(`${ELSEWHERE} is not available here`);
  await toast.getByRole('button', { name: 'Make Available' }).click();
  await expect(panel.row(ELSEWHERE)).toHaveAttribute(
    'aria-label',
    /, Available/,
    { timeout: 120_000 }
  );
  await choose(page, panel.row(ELSEWHERE), 'Insert Path');
  const cell = await page.notebook.getCellLocator(0);
  await expect(cell!).toContainText('run_conditions.json"');
});

test('a snippet stands in a cell of its own and runs', async ({
  page,
  panel
}) => {
  await page.notebook.createNew('snippets.ipynb');
  await page.notebook.setCell(0, 'code', '1 + 1');
  await found(panel, DATASET);
  await choose(page, panel.row(DATASET), 'Insert Snippet');
  const cell = await page.notebook.getCellLocator(1);
  await expect(cell!).toContainText('import uproot');
  await expectOutput(page, 1, /events/);
});

test.describe('dragging', () => {
  test('into an empty cell inserts the snippet, and Escape does nothing', async ({
    page,
    panel
  }) => {
    await page.notebook.createNew('drag.ipynb');
    await found(panel, DATASET);
    const cell = (await page.notebook.getCellLocator(0))!;
    await drag(page, panel.row(DATASET), cell.locator('.cm-line').first());
    await expect(page.locator('.jp-RucioDropMark')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.locator('.jp-RucioDropMark')).toBeHidden();
    await page.mouse.up();
    expect(await page.notebook.getCellTextInput(0)).toBe('');

    await drag(page, panel.row(DATASET), cell.locator('.cm-line').first());
    await page.mouse.up();
    await expect(cell).toContainText('import uproot');
    await expectOutput(page, 0, /events/);
  });

  test('below the cells makes a new one; within a line it is the path', async ({
    page,
    panel
  }) => {
    await page.notebook.createNew('between.ipynb');
    await page.notebook.setCell(0, 'code', 'len(open().read())');
    await found(panel, FILE);
    const cell = (await page.notebook.getCellLocator(0))!;
    const box = (await cell.boundingBox())!;
    await drag(page, panel.row(FILE), {
      x: box.x + box.width / 2,
      y: box.y + box.height - 1
    });
    const mark = (await page.locator('.jp-RucioDropMark').boundingBox())!;
    expect(mark.width).toBeGreaterThan(mark.height);
    await page.mouse.up();
    await expect.poll(() => page.notebook.getCellCount()).toBe(2);
    const second = (await page.notebook.getCellLocator(1))!;
    await expect(second).toContainText('pd.read_csv(');

    await drag(page, panel.row(FILE), await pointBehind(cell, 'len(open('));
    await page.mouse.up();
    await expect(cell).toContainText(/len\(open\("\/.*\.csv"\)\.read\(\)\)/);
    await expectOutput(page, 0, /^\d{2,}$/);
  });

  test('into a text file and a console', async ({ page, panel }) => {
    await found(panel, FILE);
    await page.menu.clickMenuItem('File>New>Python File');
    const file = page.locator('.jp-FileEditor .cm-content');
    await drag(page, panel.row(FILE), file.locator('.cm-line').first());
    await page.mouse.up();
    await expect(file).toHaveText(/^"\/.*calibration_constants\.csv"$/);

    await page.menu.clickMenuItem('File>New>Console');
    const dialog = page.getByRole('dialog');
    await dialog.locator('.jp-mod-accept').click();
    const prompt = page.locator('.jp-CodeConsole-promptCell .cm-content');
    await expect(prompt).toBeVisible();
    await drag(page, panel.row(FILE), prompt.locator('.cm-line').first());
    await page.mouse.up();
    await expect(prompt).toContainText('pd.read_csv(');
  });

  test('of cells works as before', async ({ page, panel }) => {
    await page.notebook.createNew('cells.ipynb');
    await page.notebook.setCell(0, 'code', 'first = 1');
    await page.notebook.addCell('code', 'second = 2');
    await panel.open();
    const first = (await page.notebook.getCellLocator(0))!;
    const second = (await page.notebook.getCellLocator(1))!;
    await first.click();
    const from = (await first.locator('.jp-InputPrompt').boundingBox())!;
    const to = (await second.boundingBox())!;
    await page.mouse.move(from.x + 20, from.y + 10);
    await page.mouse.down();
    await page.mouse.move(to.x + 40, to.y + to.height + 60, { steps: 8 });
    await page.mouse.move(to.x + 40, to.y + to.height + 64, { steps: 4 });
    await page.mouse.up();
    await expect
      .poll(() => page.notebook.getCellTextInput(1))
      .toBe('first = 1');
  });
});

test('a file is shown in the file browser when its storage is below Jupyter’s folder', async ({
  page,
  panel
}) => {
  await found(panel, FILE);
  await panel.row(FILE).click({ button: 'right' });
  await expect(page.getByRole('menuitem', { name: 'Copy DID' })).toBeVisible();
  await expect(
    page.getByRole('menuitem', { name: 'Open in File Browser' })
  ).toBeHidden();
  await page.keyboard.press('Escape');

  await panel.choose('Linked');
  await found(panel, FILE);
  await choose(page, panel.row(FILE), 'Open in File Browser');
  const listing = page.getByRole('region', { name: 'File Browser Section' });
  const entry = listing.locator('.jp-DirListing-item.jp-mod-selected');
  await expect(entry).toContainText('calibration_constants.csv');
});

test('the page about a DID in Rucio’s web UI opens in another tab', async ({
  page,
  panel
}) => {
  await page
    .context()
    .route('https://webui.invalid/**', route => route.fulfill({ body: '' }));
  await panel.choose('Operator');
  await found(panel, lake.examples.difficult[5]);
  const opened = page.context().waitForEvent('page');
  await choose(
    page,
    panel.row(lake.examples.difficult[5]),
    'Open in Rucio Web UI'
  );
  const webui = await opened;
  await webui.waitForURL('https://webui.invalid/**');
  const url = new URL(webui.url());
  expect(url.pathname).toBe('/did');
  expect(Object.fromEntries(url.searchParams)).toEqual({
    scope: 'demo',
    name: 'run#7.csv'
  });
});

/** Searches, and waits for the row to be known; it is the active one then. */
async function found(panel: RucioPanel, did: string): Promise<void> {
  await panel.open();
  await panel.search(did);
  const row = panel.row(did);
  await expect(row).toHaveAttribute('data-state', /available/);
  await row.click();
}

async function choose(
  page: IJupyterLabPageFixture,
  row: Locator,
  item: string
): Promise<void> {
  await row.click({ button: 'right' });
  await page.getByRole('menuitem', { name: item }).click();
}

/** Runs a cell, which then says what is expected. */
async function expectOutput(
  page: IJupyterLabPageFixture,
  index: number,
  text: RegExp
): Promise<void> {
  await page.notebook.runCell(index);
  const cell = (await page.notebook.getCellLocator(index))!;
  await expect(cell.locator('.jp-OutputArea-output').first()).toHaveText(text);
}

/** Takes a row and holds it over something, without letting it go. */
async function drag(
  page: IJupyterLabPageFixture,
  row: Locator,
  target: Locator | { x: number; y: number }
): Promise<void> {
  const from = (await row.boundingBox())!;
  await page.mouse.move(from.x + 60, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(from.x + 80, from.y + 20, { steps: 4 });
  // What is dragged hangs at the mouse once the drag has begun.
  await expect(page.locator('.jp-RucioDragImage')).toBeVisible();
  let to: { x: number; y: number };
  if ('x' in target) {
    to = target;
  } else {
    const box = (await target.boundingBox())!;
    to = { x: box.x + 8, y: box.y + box.height / 2 };
  }
  await page.mouse.move(to.x - 3, to.y, { steps: 6 });
  await page.mouse.move(to.x, to.y, { steps: 2 });
}

/** Where in the window a line of a cell goes on behind a piece of text. */
async function pointBehind(
  cell: Locator,
  text: string
): Promise<{ x: number; y: number }> {
  return cell
    .locator('.cm-line')
    .first()
    .evaluate((line, wanted) => {
      const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
      let left = wanted.length;
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const length = node.textContent?.length ?? 0;
        if (left <= length) {
          const range = document.createRange();
          range.setStart(node, left - 1);
          range.setEnd(node, left);
          const box = range.getBoundingClientRect();
          return { x: box.right, y: box.top + box.height / 2 };
        }
        left -= length;
      }
      throw new Error(`The cell does not begin with ${wanted}`);
    }, text);
}
