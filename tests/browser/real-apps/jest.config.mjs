import browser from '../jest.config.mjs';

/** Apps of other people, in the same browser. */
export default {
  ...browser,
  displayName: 'real-apps',
  // To start an app and to load its page is a minute's work on a busy machine.
  testTimeout: 180_000
};
