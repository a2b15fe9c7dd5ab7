import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';

import { expect, test, type RucioPanel } from './fixtures';
import {
  alice,
  certificate,
  home,
  lake,
  provideToken,
  removeToken
} from './lake';

/** Signing in by each way, with what Rucio says to it, right and wrong. */

const CERTIFICATES = 'Certificates';

/** The dialog of an instance, at one of its ways in. */
class SignIn {
  constructor(private readonly _panel: RucioPanel) {
    const { page } = _panel;
    this.root = page.locator('.jp-RucioSignIn-dialog');
    this.picker = page.getByRole('dialog', { name: /^Choose the/ });
    this.entries = this.picker.getByRole('listbox');
  }

  readonly root: Locator;
  readonly picker: Locator;
  readonly entries: Locator;

  async open(instance: string, way?: string): Promise<void> {
    const { page } = this._panel;
    await this._panel.choose(instance);
    const isFilled = page.waitForResponse(/credentials/);
    await page.evaluate(() => {
      // The command ends with the dialog.
      void window.jupyterapp.commands.execute('rucio:sign-in');
    });
    await isFilled;
    await expect(this.root).toBeVisible();
    if (way) {
      await this.root.getByRole('radio', { name: way }).check();
    }
  }

  field(label: string): Locator {
    return this.root
      .getByLabel(label, { exact: true })
      .and(this.root.locator('input:visible'));
  }

  button(label: string): Locator {
    return this.root.getByRole('button', { name: label, exact: true });
  }

  async fill(values: Record<string, string>): Promise<void> {
    for (const [label, value] of Object.entries(values)) {
      await this.field(label).fill(value);
    }
  }

  /** Signs in, and is what the panel says then. */
  async succeed(account = 'alice'): Promise<void> {
    await this.button('Sign in').click();
    await expect(this.root).toBeHidden();
    await expect(this._panel.root.locator('.jp-RucioHeader-bar')).toContainText(
      account
    );
  }

  /** Signs in, and is refused with words at a field. */
  async fail(words: string | RegExp, label?: string): Promise<void> {
    await this.button('Sign in').click();
    await expect(this.root).toContainText(words);
    if (label) {
      await expect(this.field(label)).toBeFocused();
      await expect(this.field(label)).toHaveAttribute('aria-invalid', 'true');
    }
  }

  /** The entry that the keyboard is at. */
  active(): Locator {
    return this.entries.locator('[aria-selected="true"]');
  }
}

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

test.describe('the picker', () => {
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
      await dialog.field(label).fill('');
      await keyboard.press('Tab');
      await keyboard.press('Enter');
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
    await browse(dialog);
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
    await browse(dialog);
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
    await expect(dialog.picker).toContainText(
      'There is nothing in this folder'
    );
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
    await browse(dialog);
    const typed = dialog.picker.getByLabel('Folder or file on the server');
    await typed.fill(crowd);
    await typed.press('Enter');
    await expect(dialog.picker).toContainText('Only the first 2,000 are shown');
    await page.keyboard.press('End');
    await expect(dialog.active()).toBeInViewport();
    await expect(dialog.active()).toHaveAttribute('aria-posinset', '2000');
    expect(await dialog.entries.getByRole('option').count()).toBeLessThan(100);
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
      await browse(dialog);
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
    await browse(dialog);
    for (const name of ['Choose', 'Cancel']) {
      await expect(dialog.picker.getByRole('button', { name })).toBeInViewport({
        ratio: 1
      });
    }
  });
});

async function browse(dialog: SignIn): Promise<void> {
  await dialog.button('Browse for the certificate file').click();
  await expect(dialog.entries).toBeFocused();
}

async function expectNoFindings(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .include('.jp-RucioSignIn-dialog')
    .analyze();
  const findings = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(node => `${id}: ${help}: ${node.html}`)
  );
  expect(findings).toEqual([]);
}
