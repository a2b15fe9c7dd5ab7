import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import type { Locator } from '@playwright/test';

import { expect, test } from './fixtures';
import { alice, certificate, home } from './lake';
import { CERTIFICATES, SignIn } from './signIn';

/** Choosing a certificate among the files of the server. */

const crowd = path.join(home, 'crowd');

test.beforeAll(() => {
  mkdirSync(path.join(crowd, 'empty'), { recursive: true });
  for (let i = 0; i < 2500; i++) {
    writeFileSync(path.join(crowd, `file_${i + 10_000}`), '');
  }
});
test.afterAll(() => rmSync(crowd, { recursive: true, force: true }));

test('chooses a certificate and its key by keyboard alone', async ({
  page,
  panel
}) => {
  const dialog = new SignIn(panel);
  await dialog.open(CERTIFICATES);
  const { keyboard } = page;
  await dialog.root.getByRole('radio').first().focus();
  while (!(await dialog.field('Certificate file').isVisible())) {
    await keyboard.press('ArrowRight');
  }
  for (const [label, name] of [
    ['Certificate file', 'usercert'],
    ['Key file', 'userkey']
  ] as const) {
    await expect(dialog.field(label)).not.toHaveValue('');
    await tabTo(dialog.field(label));
    for (const key of ['Control+a', 'Delete', 'Tab', 'Enter']) {
      await keyboard.press(key);
    }
    await expect(dialog.entries).toBeFocused();
    await expect(dialog.entries).toHaveAccessibleName(home);
    await keyboard.type('.glo');
    await expect(dialog.active()).toHaveAccessibleName(/^\.globus, Folder/);
    await keyboard.press('Enter');
    await expect(dialog.entries).toHaveAccessibleName(/\.globus$/);
    await keyboard.press('End');
    await keyboard.type(name);
    await expect(dialog.active()).toHaveAccessibleName(
      new RegExp(`^${name}\\.pem, File`)
    );
    await keyboard.press('Enter');
    await expect(dialog.picker).toBeHidden();
    await expect(dialog.field(label)).toHaveValue(
      path.join(home, '.globus', `${name}.pem`)
    );
    await expect(dialog.field(label)).toBeFocused();
  }
  await keyboard.press('Enter');
  await expect(dialog.root).toBeHidden();
  await expect(panel.root.locator('.jp-RucioHeader-bar')).toContainText(
    alice.account
  );
});

test('begins where the file of before is, and Escape leaves it', async ({
  page,
  panel
}) => {
  const dialog = new SignIn(panel);
  await dialog.open(CERTIFICATES, 'Certificate');
  const before = certificate('x509', 'certificate');
  await dialog.fill({ 'Certificate file': before });
  await dialog.browse();
  await expect(dialog.active()).toHaveAccessibleName(/^x509_certificate/);
  await page.keyboard.press('Backspace');
  await expect(dialog.active()).toHaveAccessibleName(/^certificates, Folder/);
  await page.keyboard.press('Escape');
  await expect(dialog.picker).toBeHidden();
  await expect(dialog.field('Certificate file')).toHaveValue(before);
  await expect(dialog.root).toBeVisible();
});

test('goes to typed paths, and not beyond its limit', async ({ panel }) => {
  const dialog = new SignIn(panel);
  await dialog.open(CERTIFICATES, 'Certificate');
  await dialog.browse();
  const typed = dialog.picker.getByLabel('Folder or file on the server');
  await typed.fill('/etc');
  await typed.press('Enter');
  await expect(dialog.picker).toContainText(/may be looked at/);
  await typed.fill('~/nowhere');
  await typed.press('Enter');
  await expect(dialog.picker).toContainText('There is no folder');
  await expect(typed).toBeFocused();
  await typed.fill('~/crowd/empty');
  await typed.press('Enter');
  await expect(dialog.picker).toContainText('There is nothing in this folder');
  await typed.fill(certificate('x509', 'certificate'));
  await typed.press('Enter');
  await expect(dialog.picker).toBeHidden();
  await expect(dialog.field('Certificate file')).toHaveValue(
    certificate('x509', 'certificate')
  );
});

test('shows two thousand names as easily as ten, and says that there are more', async ({
  page,
  panel
}) => {
  const dialog = new SignIn(panel);
  await dialog.open(CERTIFICATES, 'Certificate');
  await dialog.browse();
  const typed = dialog.picker.getByLabel('Folder or file on the server');
  await typed.fill(crowd);
  await typed.press('Enter');
  await expect(dialog.picker).toContainText('Only the first 2,000 are shown');
  await page.keyboard.press('End');
  await expect(dialog.active()).toBeInViewport();
  await expect(dialog.active()).toHaveAttribute('aria-posinset', '2000');
  expect(await dialog.entries.getByRole('option').count()).toBeLessThan(100);
});

async function tabTo(field: Locator): Promise<void> {
  while (!(await field.evaluate(node => node === document.activeElement))) {
    await field.page().keyboard.press('Tab');
  }
}
