import AxeBuilder from '@axe-core/playwright';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';

import { expect } from './fixtures';

/** Axe finds nothing in a part of the page. */
export async function expectNoFindings(
  page: IJupyterLabPageFixture,
  part: string
): Promise<void> {
  await expect(page.locator(part).first()).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).include(part).analyze();
  const findings = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(node => `${id}: ${help}: ${node.html}`)
  );
  expect(findings, part).toEqual([]);
}
