import { expect, test } from './fixtures';
import { lake, setFault, setTransfers } from './lake';

/** What the panel says and offers when something is wrong: never nothing, and never for ever. */

test.describe('signed in', () => {
  test.use({ signedIn: ['escape'] });

  test('what is no data identifier is explained, what does not exist is said', async ({
    panel
  }) => {
    await panel.search('dimuon');
    await expect(panel.root).toContainText('two parts: scope:name');

    await panel.search('no_such_scope:*');
    await expect(panel.root).toContainText('no_such_scope');
    await expect(panel.root).toContainText(/no scope|does not (exist|know)/i);

    await panel.search('demo:no_such_name');
    await expect(panel.root).toContainText(
      'Nothing found for demo:no_such_name'
    );
  });

  test('a dataset that cannot be read anywhere is stuck, and says why', async ({
    page,
    panel
  }) => {
    const row = await panel.stuckRow();
    await row.hover();
    await row.getByRole('button', { name: 'Why?' }).click();
    await expect(page.getByRole('dialog')).toContainText(
      /No such file|does not exist|not found/i
    );
  });

  test('an empty dataset is empty and no error', async ({ panel }) => {
    await panel.search(lake.examples.empty);
    await expect(panel.row(lake.examples.empty)).toHaveAttribute(
      'aria-label',
      /, Empty/
    );
  });

  test('a name that cannot be a variable is refused while it is typed', async ({
    page,
    panel
  }) => {
    await page.notebook.createNew('names.ipynb');
    await panel.open();
    await panel.search(lake.examples.available_dataset);
    const row = panel.row(lake.examples.available_dataset);
    await row.hover();
    await row.getByRole('button', { name: 'Attach' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('lambda');
    await expect(dialog).toContainText('keeps for itself');
    await dialog.getByRole('textbox').press('Enter');
    await expect(dialog).toBeVisible();
    await dialog.getByRole('textbox').fill('2021_data');
    await expect(dialog).toContainText('does not begin with a digit');
  });

  test('an attachment whose data identifier has gone says so and can be detached', async ({
    page,
    panel,
    tmpPath
  }) => {
    await page.contents.uploadContent(
      JSON.stringify({
        cells: [],
        metadata: {
          kernelspec: { display_name: 'Python 3', name: 'python3' },
          rucio_attachments: [
            { did: 'demo:has_gone', type: 'file', variableName: 'gone' },
            { did: 'demo:other', variableName: 'other', instance: 'nowhere' }
          ]
        },
        nbformat: 4,
        nbformat_minor: 5
      }),
      'text',
      `${tmpPath}/gone.ipynb`
    );
    await page.sidebar.openTab('filebrowser');
    await page.notebook.openByPath(`${tmpPath}/gone.ipynb`);
    await panel.open();
    const gone = panel.attachment('gone');
    await expect(gone).toContainText('demo:has_gone');
    await expect(gone).toContainText(/Unknown|not available/i);
    await expect(panel.attachment('other')).toContainText(/nowhere/);

    await gone.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Detach' }).click();
    await expect(gone).toBeHidden();
    await expect(panel.attachment('other')).toBeVisible();
  });
});

test('one wrong configuration says what is wrong, and the others work', async ({
  panel
}) => {
  await panel.choose('Misconfigured');
  await expect(panel.root).toContainText(
    'Misconfigured cannot be used as it is configured.'
  );
  await expect(panel.root).toContainText('path_begins_at');
  await panel.choose('ESCAPE');
  await panel.signIn();
});

test('a wrong password is refused with the reason, and what was typed stays', async ({
  page,
  panel
}) => {
  await panel.root.getByRole('button', { name: 'Sign in…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('User name').fill('alice');
  await dialog.getByLabel('Password', { exact: true }).fill('looking-glass');
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await expect(dialog).toContainText('does not accept this user name');
  await expect(dialog.getByLabel('User name')).toHaveValue('alice');
});

test.describe('without the mount', () => {
  test.use({ signedIn: ['unmounted'] });

  test('the panel says which folder is missing, and browsing goes on', async ({
    panel
  }) => {
    await panel.choose('Unmounted');
    await expect(panel.root).toContainText('nothing-is-mounted-here');
    await panel.search(lake.examples.available_dataset);
    const row = panel.row(lake.examples.available_dataset);
    await expect(row).toBeVisible();
    await expect(row).not.toHaveAttribute('aria-label', /, Available/);
  });
});

test.describe('without quota', () => {
  test.use({ signedIn: ['no_quota'] });

  test('a refused rule is shown as refused, with what Rucio said', async ({
    page,
    panel
  }) => {
    await panel.choose('No quota');
    await panel.search(lake.examples.csv);
    const row = panel.row(lake.examples.csv);
    await row.hover();
    await row.getByRole('button', { name: 'Make available' }).click();
    // It is said before, and can be tried all the same.
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText(/quota/i);
    await dialog.getByRole('button', { name: 'Make available' }).click();
    await expect(row).toHaveAttribute('aria-label', /Refused/);
    await row.hover();
    await row.getByRole('button', { name: 'Why?' }).click();
    await expect(page.getByRole('dialog')).toContainText(/quota/i);
  });
});

test.describe('with a Rucio that fails', () => {
  test.use({ signedIn: ['faulty'] });
  test.beforeEach(() => setFault('', null));
  test.afterEach(() => setFault('', null));

  test('that is slow: the panel says so, and Stop ends the search', async ({
    panel
  }) => {
    await panel.choose('Faulty');
    await setFault('/dids/', { delay_s: 25 });
    await panel.search('demo:dimuon_2021');
    await expect(panel.root).toContainText('Rucio takes longer than usual');
    await panel.root.getByRole('button', { name: 'Stop' }).click();
    await expect(panel.root).toContainText('Stopped');
  });
});

test.afterAll(() => setTransfers({ delay_s: 0 }));
