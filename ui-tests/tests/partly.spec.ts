import { addTo, register } from './catalogue';
import { runInLastCell } from './cells';
import { expect, test } from './fixtures';
import { freeTransfers, lake, setTransfers } from './lake';

/** A dataset of which not all is here, as a notebook has it. */

test.use({ signedIn: ['escape'] });
test.afterEach(freeTransfers);

test('what is here of a dataset is used, what is not raises, and the variable follows', async ({
  page,
  panel
}) => {
  // No other story brings it here.
  const far = 'virgo:V-V1_HrecOnline-1256710000-10000.000.csv';
  const dataset = `demo:partly_${Date.now().toString(36)}`;
  await register('dataset', dataset);
  await addTo(dataset, lake.examples.file_at_destination, far);

  await page.notebook.createNew('partly.ipynb');
  await panel.open();
  await panel.search(dataset);
  await expect(panel.row(dataset)).toHaveAttribute(
    'aria-label',
    /1 of 2 files/
  );
  await panel.attachByMenu(dataset, 'data');
  const attached = panel.attachment('data');
  await expect(attached).toHaveAttribute('data-state', 'unavailable');
  await expect(attached).toContainText('1 of 2 files');

  const run = (code: string) => runInLastCell(page, code);
  expect(
    await run(
      'print(len(data), [len(open(f).read()) > 0 for f in data.available_files])'
    )
  ).toContain('2 [True]');
  expect(await run('open(data.missing_files[0])')).toContain(
    `DIDNotAvailableException: ${far} is not available`
  );

  await setTransfers({ may_finish: 0 });
  await panel.row(dataset).hover();
  await panel
    .row(dataset)
    .getByRole('button', { name: 'Make available' })
    .click();
  await expect(panel.row(dataset)).toHaveAttribute('data-state', 'replicating');
  await freeTransfers();
  await expect(attached).toHaveAttribute('data-state', 'ready', {
    timeout: 120_000
  });
  expect(
    await run('print(data.did_available, len(data.missing_files))')
  ).toContain('True 0');
});
