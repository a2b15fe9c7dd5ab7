import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';

import { expect, test, type RucioPanel } from './fixtures';
import { alice, lake, provideToken, removeToken } from './lake';

/** What is wrong between here and the data is found, in words that say what to do. */

test.use({ signedIn: ['escape', 'unmounted', 'unknown_rse'] });

test('where all is well, it says so, and looks again when it is asked to', async ({
  page,
  panel
}) => {
  const dialog = await diagnose(panel, 'ESCAPE');
  await expect(dialog.getByRole('progressbar')).toBeVisible();
  await done(dialog);
  for (const name of ['configuration', 'rucio', 'credentials', 'account']) {
    await expect(check(dialog, name)).toContainText('OK');
  }
  await expect(check(dialog, 'account')).toContainText(alice.account);
  await expect(dialog.locator('[data-tone="error"]')).toHaveCount(0);
  // An address without TLS is nothing that could be trusted or not.
  await expect(check(dialog, 'tls')).toContainText('Skipped');

  await dialog.getByRole('button', { name: 'Run again' }).click();
  await expect(dialog).toContainText('Looking again');
  await done(dialog);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('a CA that did not sign Rucio’s certificate', async ({ panel }) => {
  const dialog = await diagnose(panel, 'Wrong CA');
  await done(dialog);
  await expect(wrong(dialog).first()).toHaveAttribute('data-check', 'tls');
  await expect(wrong(dialog).first()).toContainText('rucio_ca_cert');
  await expect(dialog).toContainText('not in order: “TLS trusted”');
  // What needs it is not called wrong as well.
  await expect(check(dialog, 'rucio')).toContainText('Skipped');
});

test('a folder where no storage is mounted', async ({ panel }) => {
  await panel.choose('Unmounted');
  // The note of what is missing leads there.
  await panel.root.getByRole('button', { name: 'Diagnose…' }).click();
  const dialog = panel.page.getByRole('dialog');
  await done(dialog);
  await expect(wrong(dialog)).toHaveAttribute('data-check', /^mount/);
  await expect(wrong(dialog)).toContainText('nothing-is-mounted-here');
  await expect(check(dialog, 'credentials')).toContainText('OK');
});

test('an RSE that Rucio does not know', async ({ panel }) => {
  const dialog = await diagnose(panel, 'Unknown RSE');
  await done(dialog);
  await expect(wrong(dialog).first()).toHaveAttribute('data-check', /^rse/);
  await expect(wrong(dialog).first()).toContainText('NO-SUCH-DISK');
});

test('a token that is over', async ({ panel }) => {
  await provideToken(-60);
  try {
    const dialog = await diagnose(panel, 'Single sign-on');
    await done(dialog);
    await expect(wrong(dialog)).toHaveAttribute('data-check', 'credentials');
    await expect(check(dialog, 'rucio')).toContainText('OK');
  } finally {
    removeToken();
  }
});

test('keys of the configuration that are wrong', async ({ panel }) => {
  const dialog = await diagnose(panel, 'Misconfigured');
  await done(dialog);
  await expect(wrong(dialog)).toHaveAttribute('data-check', 'configuration');
  await expect(wrong(dialog)).toContainText('path_begins_at');
});

test('the report can be pasted into a ticket, and has no secrets in it', async ({
  context,
  page,
  panel
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const dialog = await diagnose(panel, 'Unmounted');
  await done(dialog);
  await dialog.getByRole('button', { name: 'Copy report' }).click();
  await expect(dialog).toContainText('The report is in the clipboard.');
  const report = await page.evaluate(() => navigator.clipboard.readText());
  expect(report).toContain('nothing-is-mounted-here');
  expect(report).toContain(lake.rucio_url);
  for (const secret of [alice.password, process.env.JUPYTER_TOKEN ?? '']) {
    expect(secret).not.toBe('');
    expect(report).not.toContain(secret);
  }
});

test('by keyboard alone, from the palette', async ({ page, panel }) => {
  await panel.choose('ESCAPE');
  await page.keyboard.press('Control+Shift+C');
  await page.keyboard.type('Diagnose Rucio');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await done(dialog);
  await page.keyboard.press('Shift+Tab');
  await expect(dialog.getByRole('button', { name: 'Run again' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog).toContainText('Looking again');
  await done(dialog);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing in it nor in the notes in the ${theme} theme, in a small window too`, async ({
    page,
    panel
  }) => {
    await (theme === 'dark'
      ? page.theme.setDarkTheme()
      : page.theme.setLightTheme());
    // The notes of what is wrong lead there.
    for (const name of ['Single sign-on', 'Unmounted', 'Misconfigured']) {
      await panel.choose(name);
      await expect(
        panel.root.getByRole('button', { name: 'Diagnose…' })
      ).toBeVisible();
      await expectNoFindings(page, '#rucio-jupyterlab-panel');
    }
    const dialog = await diagnose(panel, 'Unknown RSE');
    await expectNoFindings(page, '.jp-Dialog');
    await done(dialog);
    await expectNoFindings(page, '.jp-Dialog');
    await page.setViewportSize({ width: 600, height: 500 });
    await expectNoFindings(page, '.jp-Dialog');
    await dialog.getByRole('button', { name: 'Copy report' }).click();
    await expect(
      dialog.getByText('The report is in the clipboard.')
    ).toBeInViewport();
    const close = dialog.getByRole('button', { name: 'Close' });
    await expect(close).toBeInViewport({ ratio: 1 });
    await close.click();
    await expect(dialog).toBeHidden();
  });
}

/** Chooses an instance, and has it diagnosed by the panel's menu. */
async function diagnose(
  panel: RucioPanel,
  displayName: string
): Promise<Locator> {
  await panel.choose(displayName);
  await panel.root.getByRole('button', { name: 'Rucio menu' }).click();
  await panel.page.getByRole('menuitem', { name: 'Diagnose Rucio…' }).click();
  const dialog = panel.page.getByRole('dialog');
  await expect(dialog).toContainText(`Diagnose ${displayName}`);
  return dialog;
}

async function done(dialog: Locator): Promise<void> {
  await expect(dialog.getByRole('progressbar')).toBeHidden({
    timeout: 120_000
  });
}

function check(dialog: Locator, name: string): Locator {
  return dialog.locator(`li[data-check="${name}"]`);
}

function wrong(dialog: Locator): Locator {
  return dialog.locator('li[data-tone="error"]');
}

async function expectNoFindings(page: Page, part: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include(part).analyze();
  expect(
    violations.flatMap(({ id, nodes }) =>
      nodes.map(node => `${id}: ${node.html}`)
    )
  ).toEqual([]);
}
