/**
 * Loads very many rows into the real panel, scrolls through them, and prints what it took as JSON.
 *
 * Called by bench/browser.py, which says by environment variables where the server is and what to
 * look for. Playwright is the one of the browser tests.
 */
/* global document, performance, PerformanceObserver, requestAnimationFrame, cancelAnimationFrame, window */
import { createRequire } from 'node:module';
import { env, stdout } from 'node:process';
import { URL } from 'node:url';

const require = createRequire(
  new URL('../ui-tests/package.json', import.meta.url)
);
const { chromium } = require('@playwright/test');

const ROWS = Number(env.BENCH_ROWS);
const DATASET = env.BENCH_DATASET;
const START_MS = 60_000;
const LOAD_MS = 180_000;
/** What a page does once it is loaded has to be over first. */
const SETTLE_MS = 3_000;
const REST_MS = 2_000;
const WHEEL_TURNS = 150;
const WHEEL_PIXELS = 700;
const WHEEL_EVERY_MS = 20;
const DRAG_STEPS = 240;
const MIB = 2 ** 20;

/** Runs in the page, before anything else there does. */
function install() {
  const state = { gaps: [], tasks: [], frame: 0 };
  new PerformanceObserver(list => {
    state.tasks.push(...list.getEntries().map(entry => entry.duration));
  }).observe({ entryTypes: ['longtask'] });

  window.bench = {
    /** From here on the time between any two frames is noted. */
    startFrames() {
      state.gaps = [];
      state.tasks = [];
      let last = performance.now();
      const next = now => {
        state.gaps.push(now - last);
        last = now;
        state.frame = requestAnimationFrame(next);
      };
      state.frame = requestAnimationFrame(next);
    },
    stopFrames() {
      cancelAnimationFrame(state.frame);
      const sorted = [...state.gaps].sort((a, b) => a - b);
      return {
        frames: sorted.length,
        longest_ms: sorted.at(-1) ?? 0,
        p95_ms: sorted[Math.floor(sorted.length * 0.95)] ?? 0,
        longest_task_ms: Math.max(0, ...state.tasks)
      };
    },
    /** Milliseconds from a click or Enter until rows of this kind are drawn: the first, and all. */
    async timed(event, row, all) {
      const begun = await new Promise(resolve =>
        document.addEventListener(event, () => resolve(performance.now()), {
          capture: true,
          once: true
        })
      );
      const until = selector =>
        new Promise(resolve => {
          const look = () => {
            if (document.querySelector(selector)) {
              // Drawn by the next frame.
              requestAnimationFrame(() => resolve(performance.now() - begun));
            } else {
              requestAnimationFrame(look);
            }
          };
          look();
        });
      const first_ms = await until(row);
      return { first_ms, all_ms: await until(all) };
    }
  };
}

async function main() {
  const browser = await chromium.launch({
    executablePath: env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run'
    ]
  });
  try {
    const page = await browser.newPage({
      viewport: { width: 1400, height: 900 }
    });
    page.setDefaultTimeout(START_MS);
    await page.addInitScript(install);
    const found = await measure(page);
    stdout.write(
      `${JSON.stringify({ ...found, version: browser.version() })}\n`
    );
  } finally {
    await browser.close();
  }
}

async function measure(page) {
  await page.goto(`${env.BENCH_URL}lab?reset&token=${env.BENCH_TOKEN}`);
  const panel = page.locator('#rucio-jupyterlab-panel');
  const tab = page.getByRole('tab', { name: 'Rucio' });
  await tab.waitFor();
  if (!(await panel.isVisible())) {
    await tab.click();
  }
  const field = panel.getByPlaceholder('scope:name');
  await field.waitFor();
  await panel.getByLabel('Kind of data identifier').selectOption('file');

  await page.waitForTimeout(SETTLE_MS);
  const result = {
    rest: await framesWhile(page, () => page.waitForTimeout(REST_MS))
  };
  result.heap_before = await heap(page);

  // A search for the files.
  const rows = '[role="treeitem"][data-did]';
  result.search = await loaded(
    page,
    'keydown',
    `${rows}[data-type="file"]`,
    `${rows}[aria-setsize="${ROWS}"]`,
    async () => {
      await field.fill(`${DATASET}.*`);
      await field.press('Enter');
    }
  );
  result.heap_search = await heap(page);
  result.scroll_search = await scrolled(page, panel);

  // The dataset that holds them, opened.
  await panel.getByLabel('Kind of data identifier').selectOption('dataset');
  await field.fill(DATASET);
  await field.press('Enter');
  const dataset = panel.locator(`[role="treeitem"][data-did="${DATASET}"]`);
  await dataset.waitFor();
  result.open = await loaded(
    page,
    'click',
    `${rows}[aria-level="2"]`,
    `${rows}[aria-level="2"][aria-setsize="${ROWS}"]`,
    () => dataset.locator('.jp-RucioTree-expander').click()
  );
  result.heap_open = await heap(page);
  result.scroll_open = await scrolled(page, panel);

  // All of it gone again.
  await field.fill(`${DATASET}.nothing`);
  await field.press('Enter');
  await page.waitForFunction(
    selector => !document.querySelector(selector),
    rows
  );
  result.heap_after = await heap(page);
  return result;
}

/** Times and frames from `begin` until all rows are there. */
async function loaded(page, event, first, all, begin) {
  page.setDefaultTimeout(LOAD_MS);
  await page.evaluate(() => window.bench.startFrames());
  const times = page.evaluate(
    ([e, f, a]) => window.bench.timed(e, f, a),
    [event, first, all]
  );
  await begin();
  const result = await times;
  return {
    ...result,
    frames: await page.evaluate(() => window.bench.stopFrames())
  };
}

async function framesWhile(page, run) {
  await page.evaluate(() => window.bench.startFrames());
  await run();
  return page.evaluate(() => window.bench.stopFrames());
}

/** With the wheel, with the keyboard from end to end, and through all of it in a few seconds. */
async function scrolled(page, panel) {
  const tree = panel.getByRole('tree');
  const box = await tree.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const wheel = await framesWhile(page, async () => {
    for (let turn = 0; turn < WHEEL_TURNS; turn++) {
      await page.mouse.wheel(0, WHEEL_PIXELS);
      await page.waitForTimeout(WHEEL_EVERY_MS);
    }
  });
  await tree.focus();
  const keys = await framesWhile(page, async () => {
    for (const key of ['End', 'Home', 'End', 'PageUp', 'PageUp', 'Home']) {
      await page.keyboard.press(key);
      await page.waitForTimeout(200);
    }
  });
  // As when the bar is dragged from top to bottom.
  const drag = await framesWhile(page, () =>
    tree.evaluate(async (node, steps) => {
      for (let step = 0; step <= steps; step++) {
        node.scrollTop =
          ((node.scrollHeight - node.clientHeight) * step) / steps;
        await new Promise(resolve => requestAnimationFrame(resolve));
      }
    }, DRAG_STEPS)
  );
  return { wheel, keys, drag };
}

/** What JavaScript's objects take once nothing is left to collect, in MiB. */
async function heap(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / MIB;
}

await main();
