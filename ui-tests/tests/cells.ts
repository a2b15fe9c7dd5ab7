import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { IJupyterLabPageFixture } from '@jupyterlab/galata';

import { expect } from './fixtures';
import { jupyterRoot } from './lake';

/**
 * Opens a Python notebook that has its name from the beginning, with one empty cell. By its name the next
 * page finds its kernel; one that is renamed while its kernel starts may keep the old name there.
 */
export async function openNewNotebook(
  page: IJupyterLabPageFixture,
  name: string
): Promise<void> {
  const cell = { cell_type: 'code', id: 'first', metadata: {}, source: '' };
  const notebook = {
    cells: [{ ...cell, execution_count: null, outputs: [] }],
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3' } },
    nbformat: 4,
    nbformat_minor: 5
  };
  await writeFile(path.join(jupyterRoot, name), JSON.stringify(notebook));
  await page.evaluate(
    path => window.jupyterapp.commands.execute('docmanager:open', { path }),
    name
  );
}

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

/**
 * Notes from now on every state that is shown of a variable, however short; what it gives waits until
 * one of them was another than ready. A kernel that has just been told to restart is shown as before.
 */
export async function whenNoLongerReady(
  page: IJupyterLabPageFixture,
  variableName: string
): Promise<() => Promise<void>> {
  const list = await page.evaluateHandle(name => {
    const seen: string[] = [];
    const look = () => {
      const row = document.querySelector(`[data-variable="${name}"]`);
      seen.push(row?.getAttribute('data-state') ?? 'none');
    };
    new MutationObserver(look).observe(document.body, {
      subtree: true,
      childList: true,
      attributeFilter: ['data-state']
    });
    return seen;
  }, variableName);
  const others = async () =>
    (await list.jsonValue()).filter(state => state !== 'ready');
  return () => expect.poll(others).not.toEqual([]);
}
