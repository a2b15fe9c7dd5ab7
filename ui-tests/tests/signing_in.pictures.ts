import path from 'node:path';

import type { Locator } from '@playwright/test';

import { expect, test } from './fixtures';
import { home, provideToken, removeToken } from './lake';
import { CERTIFICATES, SignIn } from './signIn';

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

test('a certificate, and choosing its file', async ({ panel }) => {
  const dialog = new SignIn(panel);
  await dialog.open(CERTIFICATES, 'Certificate');
  await expect(dialog.root).toContainText(SHOWN_HOME);
  await dialog.button('Test').click();
  await expect(dialog.root).toContainText('for the account alice');
  await take(dialog.content, 'sign-in-certificate');
  await dialog.browse();
  await expect(dialog.entries.getByRole('option')).toHaveCount(3);
  await take(dialog.picker, 'sign-in-picker');
});

test('a token that the server provides', async ({ panel }) => {
  await provideToken();
  const dialog = new SignIn(panel);
  await dialog.open('Single sign-on');
  await expect(dialog.root).toContainText('There is nothing to type');
  await dialog.button('Test').click();
  await expect(dialog.root).toContainText('for the account alice');
  await take(dialog.content, 'sign-in-oidc');
});

async function take(part: Locator, name: string): Promise<void> {
  await part.screenshot({ path: path.join(FOLDER, `${name}.png`) });
}
