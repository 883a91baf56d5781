/** The browser tests: a real JupyterLab in a real Chromium. */
export default {
  displayName: 'browser',
  // The apps have fixed ports, and one browser is enough for two cores.
  maxWorkers: 1,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/*.test.ts'],
  testTimeout: 90_000,
  transform: {
    '\\.ts$': [
      'ts-jest',
      {
        diagnostics: { ignoreCodes: [18002] },
        tsconfig: {
          esModuleInterop: true,
          isolatedModules: true,
          module: 'commonjs',
          target: 'ES2022'
        }
      }
    ]
  }
};
