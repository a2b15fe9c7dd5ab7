import path from 'node:path';

import type { Locator } from '@playwright/test';

import { expect, test, type RucioPanel } from './fixtures';
import { home, provideToken, removeToken } from './lake';

/** The pictures of signing in, for the documentation. */

const FOLDER = path.join(__dirname, '..', '..', 'docs', 'pictures');

/** A home folder as everybody has one: where this checkout lies is nobody's business. */
const SHOWN_HOME = '/home/alice';

test.beforeEach(async ({ page }) => {
  await page.route(/rucio-jupyterlab\/(files|.*\/credentials)/, async route => {
    const request = route.request();
    const answer = await route.fetch({
      url: request
        .url()
        .replace(encodeURIComponent(SHOWN_HOME), encodeURIComponent(home)),
      postData: request.postData()?.replaceAll(SHOWN_HOME, home)
    });
    const text = await answer.text();
    await route.fulfill({
      response: answer,
      body: text.replaceAll(home, SHOWN_HOME)
    });
  });
});
test.afterEach(removeToken);

test('a certificate, and choosing its file', async ({ page, panel }) => {
  const dialog = await open(panel, 'Certificates');
  await dialog.getByRole('radio', { name: 'Certificate' }).check();
  await expect(dialog).toContainText(`${SHOWN_HOME}/.globus/usercert.pem`);
  await dialog.getByRole('button', { name: 'Test' }).click();
  await expect(dialog).toContainText('for the account alice');
  await take(dialog.locator('.jp-Dialog-content'), 'sign-in-certificate');

  await dialog
    .getByRole('button', { name: 'Browse for the certificate file' })
    .click();
  const picker = page.getByRole('dialog', { name: /^Choose the/ });
  await expect(picker.getByRole('option')).toHaveCount(3);
  await take(picker, 'sign-in-picker');
});

test('a token that the server provides', async ({ panel }) => {
  await provideToken();
  const dialog = await open(panel, 'Single sign-on');
  await expect(dialog).toContainText('There is nothing to type');
  await dialog.getByRole('button', { name: 'Test' }).click();
  await expect(dialog).toContainText('for the account alice');
  await take(dialog.locator('.jp-Dialog-content'), 'sign-in-oidc');
});

async function open(panel: RucioPanel, instance: string): Promise<Locator> {
  await panel.choose(instance);
  await panel.page.evaluate(() => {
    // The command ends with the dialog.
    void window.jupyterapp.commands.execute('rucio:sign-in');
  });
  return panel.page.locator('.jp-RucioSignIn-dialog');
}

async function take(part: Locator, name: string): Promise<void> {
  await part.screenshot({ path: path.join(FOLDER, `${name}.png`) });
}
