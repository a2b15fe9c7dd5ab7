import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import type { IJupyterLabPageFixture } from '@jupyterlab/galata';

import { runInLastCell } from './cells';
import { dids } from './exploring';
import { expect, test, type RucioPanel } from './fixtures';
import {
  configFile,
  jupyterRoot,
  lake,
  provideToken,
  removeToken,
  setFault
} from './lake';

/** Several Rucios at once: each with its own rows, its own attachments and its own credentials. */

const FILE = lake.examples.file_at_destination;

test.describe('two instances', () => {
  test.use({ signedIn: ['escape', 'linked', 'faulty'] });
  test.beforeEach(() => setFault('', null));
  test.afterEach(() => setFault('', null));

  test('nothing of the one stays in the other, also while it still arrives', async ({
    panel
  }) => {
    await panel.choose('Faulty');
    await setFault('/dids/search', { pause_after_bytes: 2000 });
    await panel.search('demo:*');
    await expect(panel.tree.getByRole('treeitem').first()).toBeVisible();
    await expect(
      panel.root.getByRole('button', { name: 'Stop' })
    ).toBeVisible();
    await panel.tree.getByRole('treeitem').first().click();

    await panel.choose('ESCAPE');
    await expect(panel.tree.getByRole('treeitem')).toHaveCount(0);
    await expect(panel.root.getByRole('button', { name: 'Stop' })).toBeHidden();
    await expect(panel.root).not.toContainText('found');
    // Neither by what is asked now, nor by what came late.
    await setFault('', null);
    await panel.search('user.alice:*');
    await expect(panel.row(lake.examples.alice_dataset)).toBeVisible();
    expect(await dids(panel)).not.toContain(FILE);
    for (const did of await dids(panel)) {
      expect(did).toMatch(/^user\.alice:/);
    }

    await panel.choose('Faulty');
    await expect(panel.tree.getByRole('treeitem')).toHaveCount(0);
    await panel.search(FILE);
    await expect(panel.row(FILE)).toHaveAttribute('data-instance', 'faulty');
    expect(await dids(panel)).toEqual([FILE]);
  });

  test('what was searched for and what is offered is that of each', async ({
    panel
  }) => {
    const recent = panel.root.getByRole('list', { name: 'Recent searches' });
    await panel.choose('ESCAPE');
    await panel.search('demo:dimuon_2021');
    await expect(panel.row('demo:dimuon_2021')).toBeVisible();
    await panel.choose('Linked');
    await panel.root.getByLabel('Clear the search').click();
    await expect(recent.getByText('demo:dimuon_2021')).toBeHidden();
    await panel.choose('ESCAPE');
    await expect(recent.getByText('demo:dimuon_2021').first()).toBeVisible();
  });

  test('a page of details stays with its instance, and goes on working', async ({
    page,
    panel
  }) => {
    await panel.choose('ESCAPE');
    await panel.search(lake.examples.available_dataset);
    await panel.row(lake.examples.available_dataset).click();
    await panel.tree.press('Alt+i');
    const details = page.locator('.jp-RucioDetails-main');
    await expect(details).toContainText('CNAF-DISK');
    await expect(details).toContainText('ESCAPE');

    await panel.choose('Linked');
    await expect(details).toContainText('ESCAPE');
    await expect(details).not.toContainText('Linked');
    const asked = page.waitForRequest(request =>
      request.url().includes('/instances/escape/did?')
    );
    await details.getByRole('button', { name: 'Ask Rucio again' }).click();
    await asked;
    await expect(details).toContainText('CNAF-DISK');
  });

  test('a notebook has variables from both, each with the paths of its own', async ({
    page,
    panel,
    tmpPath
  }) => {
    const notebook = 'two.ipynb';
    await page.notebook.createNew(notebook);
    await panel.open();
    for (const [name, variable] of [
      ['ESCAPE', 'here'],
      ['Linked', 'there']
    ]) {
      await panel.choose(name);
      await panel.search(FILE);
      await panel.attach(FILE, variable);
      await expect(panel.attachment(variable)).toHaveAttribute(
        'data-state',
        'ready'
      );
      await expect(panel.attachment(variable)).toContainText(name);
    }
    const output = await runInLastCell(page, 'print(here, there, sep="\\n")');
    const [here, there] = output.split('\n');
    expect(here).toContain(lake.rses['EULAKE-1'].mount_path);
    expect(there).toContain(path.join(jupyterRoot, 'lake'));
    expect(await readFile(here)).toEqual(await readFile(there));

    await page.notebook.save();
    const saved = JSON.parse(
      await readFile(path.join(jupyterRoot, tmpPath, notebook), 'utf-8')
    );
    expect(
      saved.metadata.rucio_attachments.map(
        (one: { instance: string }) => one.instance
      )
    ).toEqual(['escape', 'linked']);

    // Which of them is chosen makes no difference to either.
    await panel.choose('ESCAPE');
    for (const variable of ['here', 'there']) {
      await expect(panel.attachment(variable)).toHaveAttribute(
        'data-state',
        'ready'
      );
    }
  });
});

test.describe('while the configuration changes', () => {
  test.use({ signedIn: ['escape'] });
  let before: string;
  test.beforeEach(() => {
    before = readFileSync(configFile, 'utf-8');
  });
  test.afterEach(async ({ request }) => {
    configure(() => JSON.parse(before).RucioConfig.instances);
    await request.post('/rucio-jupyterlab/instances/reload');
  });

  test('reloading says what has come, gone and been mended, and stays where one was', async ({
    page,
    panel,
    tmpPath
  }) => {
    await panel.choose('Misconfigured');
    const note = panel.root.getByRole('alert');
    await expect(note.getByRole('term')).toHaveText('path_begins_at');
    await expect(
      note.getByRole('button', { name: 'Copy for a ticket' })
    ).toBeVisible();

    configure(instances => [
      ...instances
        .filter(({ name }) => name !== 'operator')
        .map(one =>
          one.name === 'misconfigured' ? { ...one, path_begins_at: 1 } : one
        ),
      { ...instances[0], name: 'fresh', display_name: 'Fresh' }
    ]);
    await note.getByRole('button', { name: 'Reload configuration' }).click();
    const said = page.locator('.Toastify__toast');
    await expect(said).toContainText('Added: Fresh.');
    await expect(said).toContainText('No longer there: Operator.');
    await expect(said).toContainText('Can be used now: Misconfigured.');
    await expect(panel.root.getByLabel('Rucio instance')).toHaveValue(
      'misconfigured'
    );
    await expect(panel.root).toContainText('You are not signed in');

    // What a notebook has from one that goes says so, and a mistake stays where it can be mended.
    await openNotebook(page, tmpPath, [
      { did: FILE, type: 'file', variableName: 'gone', instance: 'fresh' }
    ]);
    await panel.open();
    await expect(panel.attachment('gone')).toContainText('Fresh');
    configure(instances =>
      instances
        .filter(({ name }) => name !== 'fresh')
        .map(one =>
          one.name === 'misconfigured' ? { ...one, path_begins_at: 'x' } : one
        )
    );
    await menu(panel, 'Reload Rucio Configuration');
    await expect(panel.attachment('gone')).toContainText(
      'fresh: not configured here'
    );
    await expect(note.getByRole('term')).toHaveText('path_begins_at');
    await panel.choose('ESCAPE');
    await expect(note).toBeHidden();
    await panel.search(FILE);
    await expect(panel.row(FILE)).toBeVisible();
  });

  test('a file that cannot be read leaves everything as it was', async ({
    page,
    panel
  }) => {
    await panel.choose('ESCAPE');
    writeFileSync(configFile, before.slice(0, -20));
    await menu(panel, 'Reload Rucio Configuration');
    await expect(page.locator('.Toastify__toast')).toContainText(
      path.basename(configFile)
    );
    writeFileSync(configFile, before);
    await panel.search(FILE);
    await expect(panel.row(FILE)).toBeVisible();
  });
});

test.describe('with a token that the server provides', () => {
  test.beforeEach(() => removeToken());
  test.afterEach(() => removeToken());

  test('one that is missing, ends and is renewed: work goes on with nothing clicked', async ({
    page,
    panel
  }) => {
    await panel.choose('Single sign-on');
    await expect(
      panel.root.getByRole('button', { name: 'Look again' })
    ).toBeVisible();
    await expect(standing(panel)).toHaveText('Not signed in');

    await test.step('what was searched for too early comes with the token', async () => {
      await panel.search(FILE);
      await expect(panel.root).toContainText(
        'The search goes on by itself once that is mended.'
      );
      // Waiting is no sign of life by which a Hub would keep an idle server.
      await page.waitForRequest(/instances\?no_track_activity=1/);
      await provideToken(40);
      await expect(panel.row(FILE)).toBeVisible({ timeout: 120_000 });
      await expect(standing(panel)).toHaveAttribute(
        'title',
        /a token, provided by the server\nThe token is valid until/
      );
    });

    await test.step('it is said that it ends soon, and then that it has ended', async () => {
      await expect(standing(panel)).toContainText('Ends');
      await expect(standing(panel)).toHaveText('Expired', { timeout: 120_000 });
      await expect(
        panel.root.getByRole('button', { name: 'Look again' })
      ).toBeVisible();
    });

    await test.step('with a fresh one the search goes on, and states are known', async () => {
      await panel.search(lake.examples.available_dataset);
      await expect(panel.root).toContainText('The search goes on by itself');
      await provideToken();
      await expect(panel.row(lake.examples.available_dataset)).toHaveAttribute(
        'aria-label',
        /, Available/,
        { timeout: 120_000 }
      );
      await expect(standing(panel)).toContainText('Connected');
    });
  });

  test('a variable that waits for it arrives in the kernel', async ({
    page,
    panel,
    tmpPath
  }) => {
    await panel.choose('Single sign-on');
    await openNotebook(page, tmpPath, [
      { did: FILE, type: 'file', variableName: 'waiting', instance: 'sso' }
    ]);
    await panel.open();
    await expect(panel.attachment('waiting')).toHaveAttribute(
      'data-state',
      'failed'
    );
    await provideToken();
    await expect(panel.attachment('waiting')).toHaveAttribute(
      'data-state',
      'ready',
      { timeout: 120_000 }
    );
  });
});

/** How the instance stands, at the top of the panel. */
function standing(panel: RucioPanel) {
  return panel.root.locator('.jp-RucioHeader-standing');
}

async function menu(panel: RucioPanel, item: string): Promise<void> {
  await panel.root.getByRole('button', { name: 'Rucio menu' }).click();
  await panel.page.getByRole('menuitem', { name: item }).click();
}

type Configured = Record<string, unknown>;

/** Does what an operator does to the instances in Jupyter's configuration file. */
function configure(change: (instances: Configured[]) => Configured[]): void {
  const settings = JSON.parse(readFileSync(configFile, 'utf-8'));
  settings.RucioConfig.instances = change(settings.RucioConfig.instances);
  writeFileSync(`${configFile}.new`, JSON.stringify(settings), { mode: 0o600 });
  renameSync(`${configFile}.new`, configFile);
}

async function openNotebook(
  page: IJupyterLabPageFixture,
  folder: string,
  attachments: Configured[]
): Promise<void> {
  const file = `${folder}/attached.ipynb`;
  await page.contents.uploadContent(
    JSON.stringify({
      cells: [],
      metadata: {
        kernelspec: { display_name: 'Python 3', name: 'python3' },
        rucio_attachments: attachments
      },
      nbformat: 4,
      nbformat_minor: 5
    }),
    'text',
    file
  );
  await page.sidebar.openTab('filebrowser');
  await page.notebook.openByPath(file);
}
