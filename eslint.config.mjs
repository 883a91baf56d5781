import eslint from '@eslint/js';
import jupyter from '@jupyter/eslint-plugin';
import prettier from 'eslint-config-prettier';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const node = { group: ['node:*'], message: 'This runs in a browser.' };
const lab = {
  group: ['@jupyterlab/*', '@lumino/*'],
  message: 'This runs in Node.'
};
const sidecar = {
  group: ['**/sidecar/**'],
  message: 'That runs in Node only.'
};
const ours = { group: ['**/lab/**'], message: 'That runs in a browser only.' };

/** Keep what runs in the browser and what runs in Node apart. */
const apart = (folder, ...patterns) => ({
  files: [`src/${folder}/**/*.ts`],
  rules: { 'no-restricted-imports': ['error', { patterns }] }
});

export default defineConfig(
  globalIgnores([
    'lib/',
    'dist/',
    'jupyter_porthole/',
    '.venv/',
    '.test-venv/',
    '.test-output/'
  ]),
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: [
          'src/lab/tsconfig.json',
          'src/sidecar/tsconfig.json',
          'src/shim/tsconfig.json',
          'src/worker/tsconfig.json',
          'tests/tsconfig.json'
        ]
      }
    },
    rules: {
      // A port in a sentence or a URL is what a person expects it to be.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true }
      ]
    }
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      '@typescript-eslint/explicit-function-return-type': [
        'error',
        { allowExpressions: true }
      ]
    }
  },
  {
    files: ['src/lab/**/*.ts', 'schema/*.json'],
    extends: [jupyter.configs.recommended],
    plugins: { jupyter }
  },
  {
    files: ['src/lab/**/*.ts'],
    rules: {
      // The whole extension is some 20 kB: to ask for it in parts costs more.
      'jupyter/prefer-lazy-imports': 'off',
      // `namespace CommandIDs` is how JupyterLab's extensions name commands.
      '@typescript-eslint/no-namespace': 'off'
    }
  },
  apart('lab', node, sidecar),
  apart('sidecar', lab, ours),
  apart('shim', node, lab, sidecar, ours),
  apart('worker', node, lab, sidecar, ours),
  apart('protocol', node, lab, sidecar, ours),
  prettier
);
