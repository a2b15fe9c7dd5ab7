import { galata } from '@jupyterlab/galata';

import { dids, filterBy, offered } from './exploring';
import { expect, test } from './fixtures';
import { lake, large, setFault } from './lake';

/** Finding data: by name and inside containers; and one's way in what was found. */

test.describe('signed in', () => {
  test.use({ signedIn: ['escape'] });

  test('a scope is completed while it is typed, and lists everything', async ({
    page,
    panel
  }) => {
    await panel.field.pressSequentially('lof');
    await expect(offered(page, 'lofar:')).toBeVisible();
    await panel.field.press('Tab');
    await expect(panel.field).toHaveValue('lofar:');
    await expect(panel.field).toBeFocused();
    await panel.field.press('Enter');
    await expect(panel.tree.getByRole('treeitem').first()).toBeVisible();
    expect((await dids(panel)).every(did => did?.startsWith('lofar:'))).toBe(
      true
    );

    // The own scope comes before all others.
    await panel.field.fill('');
    await panel.field.pressSequentially('user');
    await expect(offered(page).first()).toHaveText('user.alice:');
    await panel.field.press('Escape');
    await expect(offered(page)).toHaveCount(0);
  });

  test('what is pasted is found, whatever came along with it', async ({
    page,
    panel
  }) => {
    const paste = async (text: string) => {
      await panel.field.fill('');
      await panel.field.evaluate((field, pasted) => {
        const data = new DataTransfer();
        data.setData('text/plain', pasted);
        const event = new ClipboardEvent('paste', {
          clipboardData: data,
          bubbles: true,
          cancelable: true
        });
        if (field.dispatchEvent(event)) {
          document.execCommand('insertText', false, pasted);
        }
      }, text);
    };
    await paste('  "demo:dimuon_2021",  ');
    await panel.field.press('Enter');
    await expect(panel.row('demo:dimuon_2021')).toBeVisible();

    await paste('demo:photon_2021\ndemo:dimuon_2022\n');
    await expect(panel.field).toHaveValue('demo:photon_2021');
    await expect(panel.root).toContainText('2 identifiers were pasted');
    await panel.field.press('Enter');
    await expect(panel.row('demo:photon_2021')).toBeVisible();
    await expect(panel.row('demo:dimuon_2021')).toBeHidden();
    await expect(page.getByRole('dialog')).toBeHidden();
  });

  test('a search of before comes back after the page was loaded again, filters and all', async ({
    page,
    panel
  }) => {
    await panel.search('demo:*');
    await filterBy(panel, [
      [{ key: 'run_number', operator: '≥', value: '400000' }]
    ]);
    await expect(panel.row('demo:dimuon_2022')).toBeVisible();
    await expect(panel.row('demo:dimuon_2021')).toBeHidden();
    await panel.root.getByRole('button', { name: 'Remove all' }).click();
    // Closing what was changed searches.
    await panel.root.getByRole('button', { name: /^Filters/ }).click();
    await expect(panel.row('demo:dimuon_2021')).toBeVisible();
    // JupyterLab keeps its state a moment later.
    const kept = page.waitForResponse(
      answer =>
        answer.url().includes('/api/workspaces') &&
        (answer.request().postData() ?? '').includes('demo:archive')
    );
    await panel.search('demo:archive');
    await expect(panel.row('demo:archive')).toBeVisible();
    await kept;

    await page.reload();
    await panel.open();
    await panel.field.press('ArrowDown');
    await expect(offered(page)).toHaveText([
      /^demo:archive/,
      /^demo:\*×/,
      /^demo:\*.*run_number ≥ 400000/
    ]);
    await panel.field.press('ArrowDown');
    await panel.field.press('ArrowDown');
    await panel.field.press('Enter');
    await expect(panel.row('demo:dimuon_2022')).toBeVisible();
    await expect(panel.row('demo:dimuon_2021')).toBeHidden();
    await expect(
      panel.root.getByRole('button', {
        name: 'run_number ≥ 400000',
        exact: true
      })
    ).toBeVisible();

    // Taking the filter away searches without it.
    await panel.root
      .getByRole('button', { name: 'Remove the filter run_number ≥ 400000' })
      .click();
    await expect(panel.row('demo:dimuon_2021')).toBeVisible();
  });

  test('what was found is narrowed down and sorted while one looks at it', async ({
    panel
  }) => {
    const { root } = panel;
    await panel.search('demo:*');
    await expect(root.getByText(/^\d+ found$/)).toBeVisible();
    const total = (await root.getByText(/^\d+ found$/).innerText()).split(
      ' '
    )[0];
    const filter = root.getByLabel('Filter the rows that are shown');
    await filter.fill('dimuon 2021');
    await expect(root.getByText(`of ${total} shown`)).toBeVisible();
    await expect
      .poll(async () =>
        (await dids(panel)).every(did => /dimuon.*2021/.test(did ?? ''))
      )
      .toBe(true);

    await root.getByLabel('Order of the rows').selectOption('Name');
    await root.getByRole('button', { name: 'Ascending: turn round' }).click();
    const names = await dids(panel);
    expect(names[0]).toBe('demo:dimuon_2021_0007.root');
    expect(names[names.length - 1]).toBe('demo:dimuon_2021');

    // The largest first.
    await filter.fill('');
    await root.getByLabel('Order of the rows').selectOption('Size');
    await expect(panel.tree.getByRole('treeitem').first()).not.toHaveAttribute(
      'aria-label',
      /csv/
    );
    await filter.fill('no such name');
    await expect(root).toContainText('None of the names has “no such name”.');
    await root.getByRole('button', { name: 'Show all rows' }).click();
    await expect(filter).toHaveValue('');
    await filter.press('ArrowDown');
    await expect(panel.tree).toBeFocused();
  });

  test('inside a container is found what is at any depth below it', async ({
    page,
    panel
  }) => {
    await panel.search('demo:archive');
    await panel.row('demo:archive').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Search Inside' }).click();
    await expect(panel.root).toContainText('inside demo:archive');
    await panel.root
      .getByLabel('Kind of data identifier')
      .selectOption('Datasets');
    await expect
      .poll(async () => (await dids(panel)).sort())
      .toEqual([
        'demo:dielectron_2021',
        'demo:dimuon_2021',
        'demo:dimuon_2022',
        'demo:photon_2021'
      ]);
    await filterBy(panel, [[{ key: 'campaign', value: 'run2022' }]]);
    await expect.poll(() => dids(panel)).toEqual(['demo:dimuon_2022']);
    await panel.root.getByRole('button', { name: 'Remove all' }).click();

    // As a command, for other extensions; another search leaves the container.
    await page.evaluate(() =>
      window.jupyterapp.commands.execute('rucio:search', {
        inside: 'demo:all_campaigns',
        type: 'container',
        filters: []
      })
    );
    await expect
      .poll(async () => (await dids(panel)).sort())
      .toEqual(['demo:campaign2021', 'demo:campaign2022']);
    await panel.root
      .getByLabel('Kind of data identifier')
      .selectOption('Everything');
    await panel.search(lake.examples.empty);
    await expect(panel.root).not.toContainText('inside demo:');
    await expect(panel.row(lake.examples.empty)).toBeVisible();
  });

  test('a scope of 100,000 files streams, and stops when it is told to', async ({
    panel
  }) => {
    const scope = large.did.split(':')[0];
    await panel.search(`${scope}:*`);
    const stop = panel.root.getByRole('button', { name: 'Stop' });
    await expect(panel.tree.getByRole('treeitem').first()).toBeVisible();
    await stop.click();
    await expect(panel.root).toContainText('Stopped; there may be more.');
    const count = await panel.root.getByText(/^[\d,.\s]+ found$/).innerText();
    const found = Number(count.replace(/\D/g, ''));
    expect(found).toBeGreaterThan(0);
    expect(found).toBeLessThan(large.files);

    await panel.root.getByRole('button', { name: 'Search again' }).click();
    // A dataset and its files, one more than the limit of the settings.
    await expect(panel.root).toContainText('These are the first 100,000', {
      timeout: 120_000
    });
    await panel.root.getByRole('button', { name: 'Show all' }).click();
    await expect(panel.root).toContainText(/100,001 found/, {
      timeout: 120_000
    });
  });
});

test.describe('with a limit of ten', () => {
  test.use({
    signedIn: ['escape'],
    mockSettings: {
      ...galata.DEFAULT_SETTINGS,
      'rucio-jupyterlab:plugin': { searchLimit: 10 }
    }
  });

  test('the list says that it is cut, and can be shown to its end', async ({
    panel
  }) => {
    await panel.search('demo:*');
    await expect(panel.root).toContainText('These are the first 10;');
    await panel.root.getByRole('button', { name: 'Show all' }).click();
    await expect(panel.root).not.toContainText('These are the first');
    await expect(panel.root.getByText(/^\d\d+ found$/)).not.toHaveText(
      '10 found'
    );
  });
});

test.describe('with a Rucio that halts in the middle', () => {
  test.use({ signedIn: ['faulty'] });
  test.afterEach(() => setFault('', null));

  test('the rows are there at once, and Escape gives the rest up', async ({
    page,
    panel
  }) => {
    await panel.choose('Faulty');
    await setFault('/dids/search', { pause_after_bytes: 2000 });
    const dropped = page.waitForEvent('requestfailed', request =>
      request.url().includes('/dids?')
    );
    await panel.search('demo:*');
    await expect(panel.tree.getByRole('treeitem').first()).toBeVisible();
    await expect(
      panel.root.getByRole('button', { name: 'Stop' })
    ).toBeVisible();
    await panel.field.press('Escape');
    await dropped;
    await expect(panel.root).toContainText('Stopped; there may be more.');
    expect((await dids(panel)).length).toBeGreaterThan(0);

    // A search that comes after one that never ends is not held up by it.
    await panel.root.getByRole('button', { name: 'Search again' }).click();
    await expect(
      panel.root.getByRole('button', { name: 'Stop' })
    ).toBeVisible();
    await setFault('', null);
    await panel.search('demo:dimuon_2021');
    await expect(panel.row('demo:dimuon_2021')).toBeVisible();
    await expect(panel.root).toContainText('1 found');
  });
});
