import { rmSync } from 'node:fs';
import { dirname } from 'node:path';

import { announceListening, logAndExit, openChannel } from './channel';
import { createSidecar } from './server';

/**
 * How many connections may wait to be accepted: the kernel's own limit, as a rule.
 * Jupyter's end takes a full queue for a connection.
 */
const BACKLOG = 4096;

let privateFolder: string | null = null;

openChannel(
  configuration => {
    privateFolder = dirname(configuration.listenPath);
    createSidecar(configuration).listen(
      { path: configuration.listenPath, backlog: BACKLOG },
      announceListening
    );
  },
  () => {
    // Jupyter may have been killed with -9, so that nobody else cleans up.
    if (privateFolder !== null) {
      rmSync(privateFolder, { recursive: true, force: true });
    }
    process.exit(0);
  }
);

process.on('uncaughtException', error => {
  // Only name and stack: properties of errors can hold bytes of a request.
  logAndExit(`The sidecar ends after an error: ${error.stack ?? error.name}`);
});
