import { defineConfig } from '@playwright/test';

/**
 * The server, the lake behind it and their addresses come from demo/browser_tests.py, by environment
 * variables: no port is fixed, and whatever was started is ended there.
 */
export default defineConfig({
  testDir: 'tests',
  // One lake and one JupyterLab: the stories follow each other.
  workers: 1,
  retries: 0,
  forbidOnly: !!process.env.CI,
  // How long is waited before something counts as never to come, on a machine busy with other tests, too.
  timeout: 300_000,
  expect: { timeout: 45_000 },
  // What hangs must leave time to say so.
  globalTimeout: 40 * 60_000,
  reporter: [['list'], ['html', { open: 'never' }]],
  projects: [
    { name: 'stories', testMatch: /.*\.spec\.ts/ },
    { name: 'pictures', testMatch: /.*\.pictures\.ts/ }
  ],
  use: {
    baseURL: process.env.TARGET_URL,
    extraHTTPHeaders: { Authorization: `token ${process.env.JUPYTER_TOKEN}` },
    actionTimeout: 45_000,
    viewport: { width: 1400, height: 900 },
    video: 'off',
    // A trace costs a third of the time.
    trace: process.env.TRACE ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run'
      ]
    }
  }
});
