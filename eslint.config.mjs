import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import prettierRecommended from 'eslint-plugin-prettier/recommended';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import jupyterPlugin from '@jupyter/eslint-plugin';

/** Every rule of a plugin's preset as an error: a warning is a thing nobody reads. */
const asErrors = config => ({
  ...config,
  plugins: { jupyter: jupyterPlugin, ...config.plugins },
  rules: Object.fromEntries(
    Object.entries(config.rules ?? {}).map(([rule, level]) => [
      rule,
      Array.isArray(level) ? ['error', ...level.slice(1)] : 'error'
    ])
  )
});

/** What a folder of src/ may not import, and why: the house's layers. */
const layer = (files, patterns) => ({
  files,
  ignores: ['**/__tests__/**'],
  rules: {
    'no-restricted-imports': ['error', { patterns }]
  }
});

export default defineConfig([
  {
    ignores: [
      '**/node_modules',
      '.venvs',
      '.lake',
      '.demo',
      'lib',
      'dist',
      'coverage',
      'rucio_jupyterlab',
      '**/*.js',
      '**/*.d.ts',
      'eslint.config.mjs',
      'ui-tests/test-results',
      'ui-tests/playwright-report'
    ]
  },
  js.configs.recommended,
  tseslint.configs.recommended,
  ...jupyterPlugin.configs.recommended.map(asErrors),
  {
    files: ['src/**/*.ts', 'src/**/*.tsx'],
    plugins: { 'react-hooks': reactHooks },
    languageOptions: {
      globals: { ...globals.browser, ...globals.es2020 },
      parserOptions: { project: 'tsconfig.test.json', sourceType: 'module' }
    },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      // What a plugin provides has to exist when it is activated, and all is one small bundle.
      'jupyter/prefer-lazy-imports': [
        'error',
        {
          ignoreImports: [
            '../api/*',
            '../model/*',
            '../widgets/*',
            '../components/*',
            '../icons'
          ]
        }
      ]
    }
  },
  {
    // What a test expects is no text for anybody to read in another language.
    files: ['src/__tests__/**'],
    rules: { 'jupyter/no-untranslated-string': 'off' }
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    rules: {
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'interface',
          format: ['PascalCase'],
          custom: { regex: '^I[A-Z]', match: true }
        }
      ],
      '@typescript-eslint/no-unused-vars': ['error', { args: 'none' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-namespace': 'off',
      curly: ['error', 'all'],
      eqeqeq: 'error',
      'prefer-arrow-callback': 'error'
    }
  },
  layer(
    ['src/components/**'],
    [
      {
        group: ['**/api/client', '**/api/request', '@jupyterlab/application'],
        message:
          'Components take props and give callbacks; they know no server and no application.'
      }
    ]
  ),
  layer(
    ['src/model/**'],
    [
      {
        group: [
          'react',
          'react-dom',
          '@lumino/widgets',
          '**/widgets/**',
          '**/components/**',
          '@jupyterlab/application'
        ],
        message:
          'Models hold state and signals; they know no React and no widget.'
      }
    ]
  ),
  layer(
    ['src/api/**'],
    [
      {
        group: [
          'react',
          '@lumino/widgets',
          '**/model/**',
          '**/widgets/**',
          '**/components/**',
          '**/plugins/**'
        ],
        message: 'The api folder knows URLs and wire types, nothing above it.'
      }
    ]
  ),
  prettierRecommended
]);
