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
  testEnvironment: '<rootDir>/src/__tests__/environment.js',
  testRegex: 'src/(.*/)?__tests__/.*\\.spec\\.tsx?$',
  transform: {
    ...base.transform,
    '\\.tsx?$': ['ts-jest', { tsconfig: 'tsconfig.test.json' }]
  },
  transformIgnorePatterns: [`/node_modules/(?!${esModules}).+`]
};
