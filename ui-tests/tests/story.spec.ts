import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { openNewNotebook, runInLastCell, whenNoLongerReady } from './cells';
import { expect, test } from './fixtures';
import {
  checksums,
  freeTransfers,
  jupyterRoot,
  lake,
  setTransfers
} from './lake';

const DATASET = lake.examples.small_dataset;

test.afterEach(freeTransfers);

test('from signing in to a cell that reads the dataset @grid', async ({
  page,
  panel,
  tmpPath
}) => {
  const notebook = 'story.ipynb';
  await openNewNotebook(page, `${tmpPath}/${notebook}`);
  await panel.open();

  // Nobody is signed in: the panel says so, and has the button that helps.
  await expect(panel.root).toContainText('You are not signed in to ESCAPE.');
  await panel.signIn();

  await panel.search('demo:dimuon*');
  const row = panel.row(DATASET);
  await expect(row).toHaveAttribute('aria-label', /Not available/);

  // The others wait until the progress has been seen.
  await setTransfers({ may_finish: 1 });
  await row.hover();
  await row.getByRole('button', { name: 'Make available' }).click();
  await expect(row).toHaveAttribute('aria-label', /1 of 2 files/);
  await expect(row.getByRole('progressbar')).toBeVisible();
  await freeTransfers();
  await expect(row).toHaveAttribute('aria-label', /, Available/, {
    timeout: 120_000
  });

  await panel.attach(DATASET, 'dimuon');
  await expect(panel.attachment('dimuon')).toHaveAttribute(
    'data-state',
    'ready'
  );

  // What the kernel reads is what the source site has, byte for byte.
  const run = (code: string) => runInLastCell(page, code);
  expect(await run('len(dimuon)')).toBe('2');
  const sums = await run(
    [
      'import zlib',
      'print(*sorted(f"{zlib.adler32(open(f, \'rb\').read()):08x}" for f in dimuon))'
    ].join('\n')
  );
  expect(sums.split(' ')).toEqual(await checksums(DATASET));
  const mass = await run(
    [
      'import numpy as np, uproot',
      'e = uproot.concatenate({f: "events" for f in dimuon}, library="np")',
      'm = np.sqrt(2 * e["pt1"] * e["pt2"] * (np.cosh(e["eta1"] - e["eta2"]) - np.cos(e["phi1"] - e["phi2"])))',
      'round(float(np.median(m)))'
    ].join('\n')
  );
  expect(Number(mass)).toBeGreaterThan(88);
  expect(Number(mass)).toBeLessThan(94);

  // A restarted kernel has no variables: the extension brings them back before it says ready.
  const left = await whenNoLongerReady(page, 'dimuon');
  await page.menu.clickMenuItem('Kernel>Restart Kernel…');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: 'Confirm Kernel Restart' })
    .click();
  await left();
  await expect(panel.attachment('dimuon')).toHaveAttribute(
    'data-state',
    'ready'
  );
  expect(await run('len(dimuon)')).toBe('2');

  // So does a page that is loaded again, with the notebook as it was saved.
  await page.notebook.save();
  const saved = await metadata(tmpPath, notebook);
  expect(saved.rucio_attachments).toEqual([
    {
      did: DATASET,
      type: 'collection',
      variableName: 'dimuon',
      instance: 'escape'
    }
  ]);
  // Galata would wait for a launcher, and here the notebook comes back instead.
  // (Galata's own option, which the type of its page leaves out.)
  await page.reload({ waitForIsReady: false } as Parameters<
    typeof page.reload
  >[0]);
  await expect(page.getByRole('tab', { name: notebook })).toBeVisible();
  await panel.open();
  await expect(panel.attachment('dimuon')).toHaveAttribute(
    'data-state',
    'ready'
  );
  expect(await run('dimuon[0].did')).toContain('demo:');

  // Detached, it is gone from the panel, the kernel and the file.
  await panel.attachment('dimuon').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Detach' }).click();
  await expect(panel.attachment('dimuon')).toBeHidden();
  expect(await run('"dimuon" in globals()')).toBe('False');
  await page.notebook.save();
  expect(await metadata(tmpPath, notebook)).not.toHaveProperty(
    'rucio_attachments'
  );
});

async function metadata(
  folder: string,
  notebook: string
): Promise<Record<string, unknown>> {
  const text = await readFile(
    path.join(jupyterRoot, folder, notebook),
    'utf-8'
  );
  return JSON.parse(text).metadata;
}
