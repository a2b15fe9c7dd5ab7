import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { openNewNotebook } from './cells';
import { expect, RucioPanel, test } from './fixtures';
import { alice, freeTransfers, lake, setTransfers } from './lake';

/** All that is known of a DID, in a page beside the notebook. */

const DATASET = 'demo:dimuon_2021';
const FILE = 'demo:photon_2021_0000.root';

test.use({ signedIn: ['escape'] });
test.afterEach(freeTransfers);

test('details open beside the notebook, once for each data identifier', async ({
  page,
  panel
}) => {
  await page.notebook.createNew('beside.ipynb');
  await panel.open();
  await panel.search(DATASET);
  await panel.row(DATASET).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Show Details' }).click();
  const details = detailsOf(page, DATASET);
  await expect(details).toContainText('Dataset · 8 files');
  // Both can be seen.
  await expect(page.locator('.jp-NotebookPanel')).toBeVisible();

  await panel.tree.focus();
  await page.keyboard.press('Alt+i');
  await expect(details.locator('h1')).toHaveText(DATASET);
  await expect(pages(page)).toHaveCount(1);

  // Another one opens beside the first.
  await open(panel, 'demo:dimuon_2022');
  await expect(pages(page)).toHaveCount(2);
  await expect(details).toBeHidden();
  await expect(page.locator('.jp-NotebookPanel')).toBeVisible();
});

test('metadata is filtered, copied and searched by', async ({
  page,
  panel
}) => {
  const details = await open(panel, DATASET);
  const metadata = section(details, 'Metadata');
  await expect(metadata.locator('tr[data-key="beam_energy_tev"]')).toHaveText(
    /6\.5/
  );
  const filter = metadata.getByLabel('Filter the metadata');
  await filter.fill('run2021');
  await expect(metadata.locator('tr[data-key]')).toHaveCount(1);
  const row = metadata.locator('tr[data-key="campaign"]');
  await row.hover();
  await row.getByLabel('Copy key and value: campaign').click();
  // What was copied is what is pasted.
  await filter.fill('');
  await filter.press('ControlOrMeta+v');
  await expect(filter).toHaveValue('campaign=run2021');
  await filter.press('Escape');
  await expect(filter).toHaveValue('');

  await metadata.locator('tr[data-key="stream_name"]').focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(panel.row(DATASET)).toBeVisible();
  await expect(panel.row('demo:dielectron_2021')).toHaveCount(0);
});

test('sites are drawn with the figures that Rucio has, and files have their PFNs', async ({
  panel
}) => {
  const replicas = await replicasOf(DATASET);
  const counts = new Map<string, number>();
  for (const one of replicas) {
    for (const rse of Object.keys(one.rses)) {
      counts.set(rse, (counts.get(rse) ?? 0) + 1);
    }
  }
  const details = await open(panel, DATASET);
  const sites = section(details, 'Replicas by site');
  for (const [rse, count] of counts) {
    const site = sites.locator(`[data-rse="${rse}"]`);
    await expect(site).toContainText(
      count === replicas.length
        ? `${count} of ${count} files`
        : `${count} of ${replicas.length} files`
    );
    const bytes = replicas.reduce((sum, one) => sum + one.bytes, 0);
    const there = replicas
      .filter(one => rse in one.rses)
      .reduce((sum, one) => sum + one.bytes, 0);
    await expect(site.getByRole('meter')).toHaveAttribute(
      'aria-valuenow',
      String(Math.round((there / bytes) * 100))
    );
  }

  const [file] = await replicasOf(FILE);
  const ofFile = section(await open(panel, FILE), 'Replicas by site');
  await expect(ofFile.locator('[data-rse="EULAKE-1"]')).toContainText(
    'mounted here'
  );
  for (const [rse, pfns] of Object.entries(file.rses)) {
    await expect(ofFile.locator(`[data-rse="${rse}"] code`)).toHaveText(pfns);
  }
});

test('rules and sites follow the data while it moves', async ({ panel }) => {
  const did = 'demo:dimuon_golden';
  const details = await open(panel, did);
  await setTransfers({ may_finish: 1 });
  const header = details.locator('.jp-RucioDetails-header');
  await header.getByRole('button', { name: 'Make available' }).click();
  const rule = section(details, 'Rules')
    .getByRole('listitem')
    .filter({ hasText: 'EULAKE-1' });
  await expect(rule.getByRole('progressbar')).toBeVisible();
  await expect(rule).toContainText('1 of 2 files', { timeout: 120_000 });
  await expect(header.getByRole('progressbar')).toBeVisible();
  await freeTransfers();
  await expect(rule).toContainText('Complete', { timeout: 120_000 });
  await expect(header).toContainText('Available');
  await expect(
    section(details, 'Replicas by site').locator('[data-rse="EULAKE-1"]')
  ).toContainText('2 of 2 files');
});

test('parents and contents lead on to their own pages', async ({
  page,
  panel
}) => {
  const details = await open(panel, FILE);
  await section(details, 'Is part of')
    .getByRole('button', { name: /demo:photon_2021,/ })
    .click();
  const dataset = detailsOf(page, 'demo:photon_2021');
  await expect(dataset).toContainText('3 files');
  await section(dataset, 'Is part of')
    .getByRole('button', { name: /demo:campaign2021,/ })
    .click();
  const container = detailsOf(page, 'demo:campaign2021');
  const tree = section(container, 'Contents').getByRole('tree');
  const row = tree.locator('[data-did="demo:dielectron_2021"]');
  await expect(row).toHaveAttribute('aria-label', /, Available, 4 files/);
  await row.click();
  await page.keyboard.press('ArrowRight');
  await expect(
    tree.locator('[data-did="demo:dielectron_2021_0003.root"]')
  ).toBeVisible();

  // Commands mean the row that one is at, not the one that is selected in the sidebar.
  await page.keyboard.press('Alt+i');
  await expect(detailsOf(page, 'demo:dielectron_2021')).toContainText(
    '4 files'
  );
});

test('code that reads it goes into the notebook and runs', async ({
  page,
  panel
}) => {
  await page.notebook.createNew('reading.ipynb');
  await panel.open();
  const details = await open(panel, lake.examples.available_dataset);
  const snippet = section(details, 'Code that reads it');
  // It can be clicked once Rucio has said where the files are.
  await snippet.getByRole('button', { name: 'Insert' }).click();
  await expect
    .poll(() => page.notebook.getCellCount(), { timeout: 20_000 })
    .toBe(2);
  await expect(snippet.locator('.cm-content')).toContainText(
    /uproot.*dielectron_2021 = \[/s
  );
  await page.notebook.runCell(1);
  expect((await page.notebook.getCellTextOutput(1))?.join('')).toContain(
    'events'
  );
});

test('where no notebook is open, the code can be copied and the button says why', async ({
  panel
}) => {
  const details = await open(panel, 'demo:file_formats');
  const snippet = section(details, 'Code that reads it');
  await expect(snippet.getByRole('button', { name: 'Insert' })).toBeDisabled();
  await expect(snippet).toContainText('Open a notebook');
  // It holds several formats.
  await snippet.getByLabel('Format of the files').selectOption('hdf5');
  await expect(snippet.locator('.cm-content')).toContainText('h5py');
});

test('pages come back after a reload, also those of who is signed out', async ({
  page,
  panel,
  tmpPath
}) => {
  await openNewNotebook(page, `${tmpPath}/restored.ipynb`);
  await panel.open();
  await open(panel, DATASET);
  await open(panel, 'demo:campaign2021');
  await waitForLayout(page);
  await reload(page);
  const container = detailsOf(page, 'demo:campaign2021');
  await expect(container).toContainText('Container');
  await expect(page.getByRole('tab', { name: 'dimuon_2021' })).toBeVisible();

  await panel.root.getByRole('button', { name: 'Rucio menu' }).click();
  await page.getByRole('menuitem', { name: 'Sign out of Rucio' }).click();
  await expect(container).toContainText('You are not signed in to ESCAPE.');
  await expect(section(container, 'Rules')).toHaveCount(0);
  await reload(page);
  await expect(container).toContainText('You are not signed in to ESCAPE.');
  await panel.open();
  await panel.signIn();
  await expect(container).toContainText('Container');
  await expect(section(container, 'Replicas by site')).toBeVisible();
});

test('a data identifier that is not there is said not to be', async ({
  page,
  panel
}) => {
  await expect(panel.root).toBeVisible();
  await show(page, 'demo:no_such_name');
  await expect(detailsOf(page, 'demo:no_such_name')).toContainText(
    'no such data identifier'
  );
});

test('details never cover the notebook that one works with', async ({
  page,
  panel
}) => {
  await show(page, DATASET);
  await expect(detailsOf(page, DATASET)).toBeVisible();
  // It opens as another tab of the same place.
  await page.notebook.createNew('not-covered.ipynb');
  await panel.open();
  await open(panel, FILE);
  await expect(page.locator('.jp-NotebookPanel')).toBeVisible();
});

test('in Notebook 7 details open beside the notebook too, and insert into it', async ({
  context,
  page
}) => {
  await page.notebook.createNew('notebook7-details.ipynb');
  await page.notebook.save();
  const path = await page.evaluate(() => {
    const { shell } = (
      window as unknown as {
        jupyterapp: {
          shell: { currentWidget: { context: { path: string } } };
        };
      }
    ).jupyterapp;
    return shell.currentWidget.context.path;
  });
  const notebook = (await context.newPage()) as IJupyterLabPageFixture;
  await notebook.goto(`/notebooks/${path}`);
  await expect(notebook.locator('.jp-Notebook-cell')).toBeVisible();
  await notebook
    .getByRole('button', { name: 'Attach data from Rucio' })
    .click();
  const panel = new RucioPanel(notebook);
  const details = await open(panel, lake.examples.available_dataset);
  await expect(details).toContainText('4 files');
  await expect(notebook.locator('.jp-Notebook-cell')).toBeVisible();
  await section(details, 'Code that reads it')
    .getByRole('button', { name: 'Insert', exact: true })
    .click();
  await expect(notebook.locator('.jp-Notebook-cell').nth(1)).toContainText(
    'uproot'
  );
});

function pages(page: IJupyterLabPageFixture): Locator {
  return page.locator('.jp-RucioDetails-main');
}

function detailsOf(page: IJupyterLabPageFixture, did: string): Locator {
  return pages(page).filter({
    has: page.locator('h1', { hasText: new RegExp(`^${escaped(did)}$`) })
  });
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function section(details: Locator, title: string): Locator {
  return details.getByRole('region', { name: new RegExp(`^${title}`) });
}

/** From the sidebar, as a user does. */
async function open(panel: RucioPanel, did: string): Promise<Locator> {
  await panel.search(did);
  await panel.row(did).click();
  await panel.page.keyboard.press('Alt+i');
  const details = detailsOf(panel.page, did);
  await expect(details).toBeVisible();
  return details;
}

/** By the command, as another extension does. */
async function show(page: IJupyterLabPageFixture, did: string): Promise<void> {
  await page.evaluate(
    async args => {
      const { commands } = (
        window as unknown as {
          jupyterapp: {
            commands: { execute(id: string, args: object): Promise<unknown> };
          };
        }
      ).jupyterapp;
      await commands.execute('rucio:show-details', args);
    },
    { did, instance: 'escape' }
  );
}

/** JupyterLab saves what is open a moment after it changed. */
async function waitForLayout(page: IJupyterLabPageFixture): Promise<void> {
  await page.waitForResponse(
    answer =>
      answer.url().includes('/lab/api/workspaces/') &&
      answer.request().method() === 'PUT'
  );
}

async function reload(page: IJupyterLabPageFixture): Promise<void> {
  // Galata would wait for a launcher, and here pages come back instead.
  // (Galata's own option, which the type of its page leaves out.)
  await page.reload({ waitForIsReady: false } as Parameters<
    typeof page.reload
  >[0]);
}

interface IFileReplicas {
  name: string;
  bytes: number;
  rses: Record<string, string[]>;
}

/** Every file of a DID with its sites, as Rucio itself lists them. */
async function replicasOf(did: string): Promise<IFileReplicas[]> {
  const { username, password, account } = alice;
  const login = await fetch(`${lake.rucio_url}/auth/userpass`, {
    headers: {
      'X-Rucio-Username': username,
      'X-Rucio-Password': password,
      'X-Rucio-Account': account
    }
  });
  const token = login.headers.get('X-Rucio-Auth-Token') ?? '';
  const [scope, name] = did.split(':');
  const answer = await fetch(`${lake.rucio_url}/replicas/list`, {
    method: 'POST',
    headers: {
      'X-Rucio-Auth-Token': token,
      'Content-Type': 'application/json'
    },
    body: JSON.stringify({ dids: [{ scope, name }], all_states: false })
  });
  const lines = (await answer.text()).trim().split('\n');
  return lines.map(line => JSON.parse(line) as IFileReplicas);
}
