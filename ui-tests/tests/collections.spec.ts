import { expect, test } from './fixtures';
import { large } from './lake';

/** Opening what is in collections, and acting on several rows at once. */

test.use({ signedIn: ['escape'] });

test('containers open to containers, datasets and files, with how much is in each', async ({
  panel
}) => {
  const { page } = panel;
  await panel.search('demo:archive');
  await expect(panel.row('demo:archive')).toHaveAttribute(
    'aria-label',
    /Container.*files.*B/
  );
  await panel.row('demo:archive').click();
  // To the right all the way down, as one who has no mouse.
  for (const level of [2, 3, 4]) {
    await page.keyboard.press('ArrowRight');
    await expect(
      panel.tree.locator(`[role="treeitem"][aria-level="${level}"][data-did]`)
    ).not.toHaveCount(0);
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('ArrowRight');
  const files = panel.tree.locator(
    '[role="treeitem"][aria-level="5"][data-type="file"]'
  );
  await expect(files.first()).toBeVisible();
  await expect(files.first()).toHaveAttribute('aria-label', /B$/);

  // What is typed is looked for in all that is open, and its parents stay.
  const name = (await files.first().getAttribute('data-did'))?.split(':')[1];
  await panel.root.getByPlaceholder('Filter…').fill(name ?? '');
  await expect(panel.tree.getByRole('treeitem')).toHaveCount(5);
});

test('several rows are copied and made available together', async ({
  panel
}) => {
  const { page } = panel;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await panel.search('lofar:LoTSS_DR3_P*');
  const rows = panel.tree.getByRole('treeitem');
  const dids: string[] = [];
  for (const index of [0, 1, 2]) {
    dids.push((await rows.nth(index).getAttribute('data-did')) ?? '');
  }
  await panel.row(dids[0]).click();
  await panel.row(dids[2]).click({ modifiers: ['Shift'] });
  await expect(panel.tree.locator('[aria-selected="true"]')).toHaveCount(3);
  const bar = panel.root.getByRole('group', { name: 'What is selected' });
  await expect(bar).toContainText('3 selected');

  await bar.getByRole('button', { name: 'Copy DIDs' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    dids.join('\n')
  );

  // One of them is taken out and another way is taken: the menu.
  await panel.row(dids[1]).click({ modifiers: ['ControlOrMeta'] });
  await expect(bar).toContainText('2 selected');
  await panel.row(dids[2]).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Make Available (2)' }).click();
  for (const did of [dids[0], dids[2]]) {
    await expect(panel.row(did)).toHaveAttribute('aria-label', /, Available/, {
      timeout: 120_000
    });
  }
  await expect(panel.row(dids[1])).toHaveAttribute(
    'aria-label',
    /Not available/
  );

  await panel.tree.focus();
  await page.keyboard.press('Escape');
  await expect(bar).toBeHidden();
});

test('several rows are attached together, each under its own name', async ({
  panel
}) => {
  const { page } = panel;
  await page.notebook.createNew('several.ipynb');
  await panel.open();
  await panel.search('demo:d*_2021');
  await panel.row('demo:dielectron_2021').click();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Alt+a');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('textbox')).toHaveCount(2);
  const second = dialog.getByLabel('demo:dimuon_2021');
  await second.fill('dielectron_2021');
  await expect(dialog).toContainText(/in use|already/i);
  await expect(dialog.getByRole('button', { name: 'Attach' })).toBeDisabled();
  await second.fill('muons');
  await dialog.getByRole('button', { name: 'Attach' }).click();
  await expect(panel.attachment('dielectron_2021')).toHaveAttribute(
    'data-state',
    'ready'
  );
  await expect(panel.attachment('muons')).toBeVisible();
});

test('100,000 files scroll, are filtered and sorted, and are walked through by keyboard', async ({
  panel
}) => {
  const { page } = panel;
  await panel.search(large.did);
  await panel.row(large.did).click();
  await page.keyboard.press('ArrowRight');
  const rows = panel.tree.getByRole('treeitem');
  const last = panel.tree.locator(`[aria-posinset="${large.files}"]`);
  await expect(rows.nth(1)).toHaveAttribute(
    'aria-setsize',
    String(large.files),
    { timeout: 120_000 }
  );
  // Only what can be seen exists.
  expect(await rows.count()).toBeLessThan(100);
  await page.keyboard.press('End');
  await expect(last).toBeInViewport();
  await page.keyboard.press('Home');
  await expect(panel.row(large.did)).toBeInViewport();
  await panel.tree.hover();
  await page.mouse.wheel(0, 10_000_000);
  await expect(last).toBeInViewport();

  const name = (await last.getAttribute('data-did'))?.split(':')[1] ?? '';
  await panel.root.getByPlaceholder('Filter…').fill(name);
  await expect(rows).toHaveCount(2);
  await panel.root.getByPlaceholder('Filter…').fill('');
  await expect(rows.nth(5)).toBeVisible();
});
