import path from 'node:path';

import { expect, test } from './fixtures';
import { home, lake, provideToken, removeToken } from './lake';

/** The pictures of credentials that end, and of the diagnosis: `make docs`. */

const FOLDER = path.join(__dirname, '..', '..', 'docs', 'pictures');

/** Folders as everybody has them: where this checkout lies is nobody's business. */
const SHOWN: [string, string][] = [
  [home, '/home/alice'],
  [lake.rses['EULAKE-1'].mount_path ?? '', '/eos/lake']
];

test.beforeEach(async ({ page }) => {
  await page.route(/rucio-jupyterlab\/instances/, async route => {
    const response = await route.fetch();
    const text = await response.text();
    await route.fulfill({
      response,
      body: SHOWN.reduce(
        (body, [real, shown]) => body.replaceAll(real, shown),
        text
      )
    });
  });
});
test.afterEach(removeToken);

test('a token that is over, and what the diagnosis says of it', async ({
  page,
  panel
}) => {
  await page.sidebar.setWidth(340, 'left');
  await provideToken(-60);
  await panel.choose('Single sign-on');
  await page.evaluate(() =>
    window.jupyterapp.commands.execute('rucio:refresh')
  );
  await expect(panel.root).toContainText('Expired');
  await panel.root
    .locator('.jp-SidePanel-header')
    .screenshot({ path: path.join(FOLDER, 'token-expired.png') });

  await panel.root.getByRole('button', { name: 'Diagnose…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('progressbar')).toBeHidden({
    timeout: 120_000
  });
  await dialog
    .locator('.jp-Dialog-content')
    .screenshot({ path: path.join(FOLDER, 'diagnosis.png') });
});
