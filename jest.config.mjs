/** TypeScript, and the JavaScript modules that Node's `require` can't read. */
const transform = (pattern, tsconfig) => ({
  [pattern]: [
    'ts-jest',
    // Types are checked by `jlpm types`. 18002: the tsconfig.json of the top
    // level, which is read too, names no files.
    { diagnostics: { ignoreCodes: [18002] }, tsconfig }
  ]
});

const compilerOptions = {
  allowJs: true,
  esModuleInterop: true,
  isolatedModules: true,
  jsx: 'react',
  module: 'commonjs',
  target: 'ES2022'
};

/** ES modules are not what Node's `require` can read: all other packages are left as they are. */
const allBut = modules => [`/node_modules/(?!(${modules.join('|')})/)`];

/** What the sidecar is bundled with as ES modules only. */
const sidecarModules = [
  'dom-serializer',
  'domelementtype',
  'domhandler',
  'domutils',
  'entities',
  'htmlparser2'
];

/** What JupyterLab brings as ES modules only. */
const labModules = [
  '@jupyter',
  '@jupyterlab',
  '@microsoft',
  '@rjsf',
  'exenv-es6',
  'lib0',
  'nanoid',
  'y-protocols',
  'yjs'
];

/** Built copies of what is tested. */
const modulePathIgnorePatterns = [
  '<rootDir>/.test-output/',
  '<rootDir>/.test-venv/',
  '<rootDir>/dist/',
  '<rootDir>/jupyter_porthole/',
  '<rootDir>/lib/'
];

/** Plain Node: no DOM, nothing of JupyterLab. */
const node = name => ({
  displayName: name,
  modulePathIgnorePatterns,
  testEnvironment: 'node',
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  transform: transform('\\.[jt]s$', compilerOptions),
  transformIgnorePatterns: allBut(sidecarModules)
});

const lab = {
  displayName: 'lab',
  modulePathIgnorePatterns,
  moduleNameMapper: { '\\.css$': 'identity-obj-proxy' },
  resolver: '@jupyterlab/testing/lib/jest-resolver.js',
  setupFiles: ['@jupyterlab/testing/lib/jest-shim.js'],
  testEnvironment: '@jupyterlab/testing/lib/jest-env.js',
  testMatch: ['<rootDir>/tests/lab/**/*.test.ts'],
  transform: {
    '\\.svg$': '@jupyterlab/testing/lib/jest-raw-loader.js',
    ...transform('\\.[cm]?[jt]sx?$', compilerOptions)
  },
  transformIgnorePatterns: allBut(labModules)
};

export default {
  projects: [lab, node('protocol'), node('sidecar')]
};
