import type { IJupyterLabPageFixture } from '@jupyterlab/galata';

/** Runs code in a new last cell; its text output. */
export async function runInLastCell(
  page: IJupyterLabPageFixture,
  code: string
): Promise<string> {
  await page.notebook.addCell('code', code);
  const last = (await page.notebook.getCellCount()) - 1;
  await page.notebook.runCell(last);
  const output = await page.notebook.getCellTextOutput(last);
  return (output ?? []).join('\n').trim();
}
