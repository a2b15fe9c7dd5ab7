import type { Locator, Page } from '@playwright/test';

import type { RucioPanel } from './fixtures';

/** The identifiers of the rows on the screen, in their order. */
export function dids(panel: RucioPanel): Promise<(string | null)[]> {
  return panel.tree
    .getByRole('treeitem')
    .evaluateAll(rows => rows.map(row => row.getAttribute('data-did')));
}

/** What is offered below a field. */
export function offered(page: Page, name?: string): Locator {
  return page.getByRole('listbox').getByRole('option', { name });
}

export interface IRow {
  key: string;
  operator?: '=' | '≠' | '<' | '≤' | '>' | '≥';
  value: string;
  type?: 'Text' | 'Number' | 'Yes/no' | 'Date';
}

/** Writes groups of conditions in place of those of before, and searches. */
export async function filterBy(
  panel: RucioPanel,
  groups: IRow[][]
): Promise<void> {
  const { root } = panel;
  const button = root.getByRole('button', { name: /^Filters/ });
  if ((await button.getAttribute('aria-expanded')) !== 'true') {
    await button.click();
  }
  const removeAll = root.getByRole('button', { name: 'Remove all' });
  if (await removeAll.isEnabled()) {
    await removeAll.click();
  }
  let at = 0;
  for (const [g, group] of groups.entries()) {
    for (const [r, row] of group.entries()) {
      if (r > 0) {
        await root.getByLabel('Add a condition that also').last().click();
      } else if (g > 0) {
        await root.getByLabel('Add an alternative').click();
      }
      const condition = root
        .getByRole('group', { name: 'Condition', exact: true })
        .nth(at++);
      await condition
        .getByRole('combobox', { name: 'Metadata key' })
        .fill(row.key);
      await condition
        .getByLabel('Comparison')
        .selectOption({ label: row.operator ?? '=' });
      await condition
        .getByRole('combobox', { name: 'Value', exact: true })
        .fill(row.value);
      if (row.type) {
        await condition
          .getByLabel('What the value is')
          .selectOption({ label: row.type });
      }
    }
  }
  await root.getByRole('button', { name: 'Search', exact: true }).click();
}
