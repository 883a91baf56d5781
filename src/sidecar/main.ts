import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { announceListening, log, logAndExit, openChannel } from './channel';
import { rememberXsrf } from './cookies';
import { readScripts } from './fix/insertions';
import { tidyWhenIdle } from './garbage';
import { createSidecar, type ISidecar } from './server';

/**
 * How many connections may wait to be accepted: the kernel's own limit, as a rule.
 * Jupyter's end takes a full queue for a connection.
 */
const BACKLOG = 4096;

let privateFolder: string | null = null;
let sidecar: ISidecar | null = null;

openChannel({
  configure: configuration => {
    privateFolder = dirname(configuration.listenPath);
    sidecar = createSidecar({
      ...configuration,
      // Built beside this file.
      scripts: readScripts(join(__dirname, 'shim'))
    });
    sidecar.server.listen(
      { path: configuration.listenPath, backlog: BACKLOG },
      announceListening
    );
  },
  connect: (socket, client, first) => {
    sidecar?.connect(socket, client, first);
  },
  rememberXsrf,
  forget: place => {
    sidecar?.forget(place);
  },
  close: () => {
    // Jupyter may have been killed with -9, so that nobody else cleans up.
    if (privateFolder !== null) {
      rmSync(privateFolder, { recursive: true, force: true });
    }
    process.exit(0);
  }
});

tidyWhenIdle();

process.on('unhandledRejection', reason => {
  // One request's; all others go on.
  const what = reason instanceof Error ? reason.stack : undefined;
  log('error', `A request failed: ${what ?? typeof reason}`);
});

process.on('uncaughtException', error => {
  // Only name and stack: properties of errors can hold bytes of a request.
  logAndExit(`The sidecar ends after an error: ${error.stack ?? error.name}`);
});
