import { chmodSync } from 'node:fs';
import path from 'node:path';

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { expect, test } from './fixtures';
import {
  alice,
  certificate,
  home,
  lake,
  provideToken,
  removeToken
} from './lake';
import { CERTIFICATES, SignIn } from './signIn';

/** Signing in by each way, with what Rucio says to it, right and wrong. */

test('with a user name and a password', async ({ panel }) => {
  const dialog = new SignIn(panel);
  await dialog.open(CERTIFICATES, 'Name and password');
  await dialog.fill({ 'User name': alice.username, Password: 'wrong' });
  await dialog.fail('does not accept', 'Password');
  await dialog.fill({ Password: alice.password });
  await dialog.button('Test').click();
  await expect(dialog.root).toContainText(
    `Rucio accepts this for the account ${alice.account}`
  );
  // Trying is not signing in.
  await expect(dialog.root).toBeVisible();
  await expect(panel.root).toContainText('Not signed in');
  await dialog.succeed();
  await panel.search(lake.examples.available_dataset);
  await expect(panel.row(lake.examples.available_dataset)).toBeVisible();
});

test.describe('with a certificate', () => {
  const files = (identity: string) => ({
    'Certificate file': certificate(identity, 'certificate'),
    'Key file': certificate(identity, 'key')
  });

  test('what lies where Globus looks for it is there already', async ({
    panel
  }) => {
    const dialog = new SignIn(panel);
    await dialog.open(CERTIFICATES, 'Certificate');
    await expect(dialog.field('Certificate file')).toHaveValue(
      path.join(home, '.globus', 'usercert.pem')
    );
    await dialog.button('Test').click();
    await expect(dialog.root).toContainText('for the account alice');
    await expect(dialog.root).toContainText(lake.tls.identities.x509.dn);
    await dialog.succeed();
    await panel.search(lake.examples.available_dataset);
    await expect(panel.row(lake.examples.available_dataset)).toBeVisible();
  });

  test('whose key has a passphrase', async ({ panel }) => {
    const dialog = new SignIn(panel);
    await dialog.open(CERTIFICATES, 'Certificate');
    await dialog.fill(files('x509_passphrase'));
    await dialog.fail(/passphrase/i, 'Passphrase');
    await dialog.fill({ Passphrase: 'not this one' });
    await dialog.fail(/passphrase/i, 'Passphrase');
    await dialog.fill({
      Passphrase: lake.tls.identities.x509_passphrase.passphrase ?? ''
    });
    await dialog.succeed();
  });

  for (const [identity, words, field] of [
    ['x509_unknown', /does not accept|does not know/, 'Certificate file'],
    ['x509_foreign', /does not accept|refused|trust/i, undefined],
    ['x509_expired', /ended|expired|over/i, 'Certificate file']
  ] as const) {
    test(`that is refused: ${identity}`, async ({ panel }) => {
      const dialog = new SignIn(panel);
      await dialog.open(CERTIFICATES, 'Certificate');
      await dialog.fill(files(identity));
      await dialog.fail(words, field);
    });
  }

  test('whose key others can read', async ({ panel }) => {
    const key = certificate('x509', 'key');
    chmodSync(key, 0o644);
    try {
      const dialog = new SignIn(panel);
      await dialog.open(CERTIFICATES, 'Certificate');
      await dialog.fill(files('x509'));
      await dialog.fail('chmod', 'Key file');
      chmodSync(key, 0o400);
      await dialog.succeed();
    } finally {
      chmodSync(key, 0o400);
    }
  });

  test('that is not to be remembered', async ({ panel, request }) => {
    const dialog = new SignIn(panel);
    await dialog.open(CERTIFICATES, 'Certificate');
    await dialog.fill(files('x509'));
    await dialog.root.getByLabel('Remember until I sign out').uncheck();
    await dialog.succeed();
    const answer = await request.get(
      '/rucio-jupyterlab/instances/tls/credentials'
    );
    expect((await answer.json()).source).toBe('memory');
  });
});

test.describe('with a proxy', () => {
  test('that is found by itself, with the life that it has left', async ({
    panel
  }) => {
    const dialog = new SignIn(panel);
    await dialog.open(CERTIFICATES, 'Proxy');
    await expect(dialog.field('Proxy file')).toHaveValue(
      path.join(home, '.globus', 'proxy.pem')
    );
    await expect(dialog.root).toContainText(/valid for 1[12] h, until/);
    await expect(dialog.root).toContainText(lake.tls.identities.x509_proxy.dn);
    await dialog.succeed();
  });

  test('that is over', async ({ panel }) => {
    const dialog = new SignIn(panel);
    await dialog.open(CERTIFICATES, 'Proxy');
    await dialog.fill({
      'Proxy file': certificate('x509_proxy_expired', 'proxy')
    });
    await dialog.fail(/ended|expired|over/i, 'Proxy file');
  });
});

test.describe('with a token that the server provides', () => {
  test.afterEach(removeToken);

  test('nothing is typed, and nothing clicked', async ({ panel }) => {
    await provideToken();
    await panel.page.reload();
    await panel.open();
    await panel.choose('Single sign-on');
    await expect(panel.root.locator('.jp-RucioHeader-bar')).toContainText(
      'Connected'
    );
    await panel.search(lake.examples.available_dataset);
    await expect(panel.row(lake.examples.available_dataset)).toBeVisible();

    const dialog = new SignIn(panel);
    await dialog.open('Single sign-on');
    await expect(dialog.root).toContainText('There is nothing to type');
    await expect(dialog.root).toContainText(/valid for (1 h|60 min)/);
    await expect(dialog.root).toContainText(lake.oidc.issuer);
    await dialog.button('Test').click();
    await expect(dialog.root).toContainText('for the account alice');
    await dialog.succeed();
  });

  test('a missing one is said, and found once it is there', async ({
    panel
  }) => {
    removeToken();
    const dialog = new SignIn(panel);
    await dialog.open('Single sign-on');
    await expect(dialog.root).toContainText(path.join(home, 'token'));
    await expect(dialog.root).not.toContainText('There is nothing to type');
    await provideToken();
    await dialog.button('Look again').click();
    await expect(dialog.root).toContainText('There is nothing to type');
    await dialog.succeed();
  });
});

test.describe('whatever it looks like', () => {
  test.afterEach(removeToken);

  for (const theme of ['light', 'dark'] as const) {
    test(`axe finds nothing in the ${theme} theme`, async ({ page, panel }) => {
      await (theme === 'dark'
        ? page.theme.setDarkTheme()
        : page.theme.setLightTheme());
      const dialog = new SignIn(panel);
      for (const way of ['Name and password', 'Certificate', 'Proxy']) {
        await dialog.open(CERTIFICATES, way);
        await dialog.button('Test').click();
        await expect(dialog.root).toContainText(/missing|accepts/);
        await expectNoFindings(page);
        await page.keyboard.press('Escape');
        await expect(dialog.root).toBeHidden();
      }
      await dialog.open(CERTIFICATES, 'Certificate');
      await dialog.browse();
      await expectNoFindings(page);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      removeToken();
      await dialog.open('Single sign-on');
      await expect(dialog.button('Look again')).toBeVisible();
      await expectNoFindings(page);
      await provideToken();
      await dialog.button('Look again').click();
      await expect(dialog.root).toContainText('There is nothing to type');
      await expectNoFindings(page);
    });
  }

  test('a small window has room for all of it', async ({ page, panel }) => {
    const dialog = new SignIn(panel);
    await page.setViewportSize({ width: 600, height: 500 });
    await dialog.open(CERTIFICATES, 'Certificate');
    await expect(dialog.button('Sign in')).toBeInViewport({ ratio: 1 });
    await dialog.fill({
      'Certificate file': certificate('x509_passphrase', 'certificate'),
      'Key file': certificate('x509_passphrase', 'key')
    });
    await dialog.fail(/passphrase/i, 'Passphrase');
    await expect(
      dialog.root.locator('.jp-RucioSignIn-message')
    ).toBeInViewport();
    await dialog.browse();
    for (const name of ['Choose', 'Cancel']) {
      await expect(dialog.picker.getByRole('button', { name })).toBeInViewport({
        ratio: 1
      });
    }
  });
});

async function expectNoFindings(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .include('.jp-RucioSignIn-dialog')
    .analyze();
  const findings = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(node => `${id}: ${help}: ${node.html}`)
  );
  expect(findings).toEqual([]);
}
