import { expect, test } from './fixtures';
import { setTransfers } from './lake';

/** Nobody else makes it available. */
const DATASET = 'ska:SKA-Low_sim_2024_000';

test.use({ signedIn: ['escape'] });
test.afterEach(() => setTransfers({ delay_s: 0 }));

test('from searching to the variable in a cell, without a mouse', async ({
  page
}) => {
  await page.notebook.createNew('keyboard.ipynb');
  // A notebook takes the focus once more when its kernel is there.
  await expect(
    page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
  ).toBeVisible();
  const { keyboard } = page;
  const focused = page.locator(':focus');

  await keyboard.press('Alt+Shift+D');
  await expect(focused).toHaveAttribute('placeholder', 'scope:name');

  // The scope is completed: the field knows it before it is written out.
  await keyboard.type('sk');
  await expect(page.getByRole('option', { name: 'ska' })).toBeVisible();
  await keyboard.press('Enter');
  await expect(focused).toHaveValue('ska:');
  await keyboard.type(DATASET.split(':')[1]);
  await keyboard.press('Enter');

  const tree = page.getByRole('tree', { name: 'Data identifiers' });
  const row = tree.getByRole('treeitem').first();
  await expect(row).toHaveAttribute('data-did', DATASET);
  await tabTo('tree');
  await keyboard.press('Home');
  await expect(row).toHaveAttribute('aria-selected', 'true');

  // Into it, and back out.
  await keyboard.press('ArrowRight');
  await expect(tree.getByRole('treeitem')).not.toHaveCount(1);
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowLeft');
  await keyboard.press('ArrowLeft');
  await expect(tree.getByRole('treeitem')).toHaveCount(1);

  await keyboard.press('Alt+M');
  await expect(row).toHaveAttribute('aria-label', /, Available/, {
    timeout: 120_000
  });

  await keyboard.press('Alt+A');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('textbox')).toBeFocused();
  await keyboard.press('Control+A');
  await keyboard.type('table');
  await keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(
    page.locator('.jp-RucioAttachment[data-variable="table"]')
  ).toHaveAttribute('data-state', 'ready');

  /** Goes on with Tab until something of this role has the focus. */
  async function tabTo(role: string): Promise<void> {
    for (let i = 0; i < 20; i++) {
      if ((await focused.getAttribute('role')) === role) {
        return;
      }
      await keyboard.press('Tab');
    }
    throw new Error(`Tab never came to a ${role}.`);
  }
});
