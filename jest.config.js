const jestJupyterLab = require('@jupyterlab/testutils/lib/jest-config');

// Packages that ship ES modules only and that jest therefore has to transform.
const esModules = [
  '@codemirror',
  '@jupyter/',
  '@jupyterlab/',
  '@marijn',
  '@microsoft',
  'color',
  'exenv-es6',
  'lib0',
  'marked',
  'nanoid',
  'vscode-ws-jsonrpc',
  'y-protocols',
  'y-websocket',
  'yjs'
].join('|');

const base = jestJupyterLab(__dirname);

module.exports = {
  ...base,
  coverageReporters: ['text-summary'],
  modulePathIgnorePatterns: [
    '<rootDir>/.venvs/',
    '<rootDir>/rucio_jupyterlab/labextension/'
  ],
  setupFilesAfterEnv: ['<rootDir>/src/__tests__/patience.ts'],
  testEnvironment: '<rootDir>/src/__tests__/environment.js',
  testRegex: 'src/(.*/)?__tests__/.*\\.spec\\.tsx?$',
  // A kernel, and a machine that is busy with other tests, may take their time.
  testTimeout: 180_000,
  transform: {
    ...base.transform,
    '\\.tsx?$': ['ts-jest', { tsconfig: 'tsconfig.test.json' }]
  },
  transformIgnorePatterns: [`/node_modules/(?!${esModules}).+`]
};
