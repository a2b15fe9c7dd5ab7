import { expect, test } from './fixtures';
import { freeTransfers, setFault, setTransfers } from './lake';

/** Rucio fails for a while, and the panel finds its way back without a click. */

const NOT_NOW = /does not answer|cannot take the request/i;

test.use({ signedIn: ['faulty'] });

test.beforeEach(async ({ panel }) => {
  await setFault('', null);
  await panel.choose('Faulty');
});
test.afterEach(async () => {
  await setFault('', null);
  await freeTransfers();
});

test.describe('while searching', () => {
  test('503: the panel says so, and the rows come once Rucio is back', async ({
    panel
  }) => {
    await setFault('/dids/', { status: 503 });
    await panel.search('demo:dimuon_2021');
    await expect(panel.root).toContainText(NOT_NOW, {
      timeout: 120_000
    });
    await setFault('', null);
    await expect(panel.row('demo:dimuon_2021')).toBeVisible({
      timeout: 120_000
    });
    await expect(panel.root).not.toContainText(NOT_NOW);
  });

  test('cut in the middle: what came stays, and the rest follows', async ({
    panel
  }) => {
    await setFault('/dids/search', { cut_after_bytes: 2000 });
    await panel.search('demo:*');
    await expect(panel.root).toContainText(/broke off|ended early|cut/i);
    expect(await panel.tree.getByRole('treeitem').count()).toBeGreaterThan(0);
    await setFault('', null);
    await expect(panel.root).not.toContainText(/broke off|ended early|cut/i, {
      timeout: 120_000
    });
    await expect(panel.root).toContainText(/\d+ found/);
  });

  test('slow: the panel says so, and the rows come when they come', async ({
    panel
  }) => {
    await setFault('/dids/', { delay_s: 12 });
    await panel.search('demo:dimuon_2021');
    await expect(panel.root).toContainText('Rucio takes longer than usual');
    await expect(panel.row('demo:dimuon_2021')).toBeVisible({
      timeout: 120_000
    });
  });
});

test.describe('while data move', () => {
  for (const [what, fault, did] of [
    ['503', { status: 503 }, dataset(1_256_650_000)],
    ['dropped connections', { drop: true }, dataset(1_256_660_000)],
    ['answers that are cut', { cut_after_bytes: 10 }, dataset(1_256_670_000)],
    ['answers that are slow', { delay_s: 8 }, dataset(1_256_680_000)]
  ] as const) {
    test(`${what}: the last word stays, and the end is told`, async ({
      panel
    }) => {
      await panel.search(did);
      const row = panel.row(did);
      await expect(row).toHaveAttribute('aria-label', /Not available/);
      await setTransfers({ may_finish: 0 });
      const isMade = panel.page.waitForResponse(
        answer =>
          answer.request().method() === 'POST' && answer.status() === 202
      );
      await row.hover();
      await row.getByRole('button', { name: 'Make available' }).click();
      await isMade;
      await expect(row).toHaveAttribute('data-state', 'replicating');

      await setFault('', fault);
      // Long enough for the transfer to end behind the fault.
      await freeTransfers();
      await panel.page.waitForTimeout(12_000);
      await expect(row).toHaveAttribute('data-state', 'replicating');

      await setFault('', null);
      await expect(row).toHaveAttribute('data-state', 'available', {
        timeout: 120_000
      });
      await expect(panel.root).not.toContainText(NOT_NOW);
    });
  }
});

/** One of the lake's, which nobody else makes available. */
function dataset(gps: number): string {
  return `virgo:V-V1_HrecOnline-${gps}-10000`;
}
