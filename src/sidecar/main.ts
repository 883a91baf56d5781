import { rmSync } from 'node:fs';
import { dirname } from 'node:path';

import { announceListening, log, openChannel } from './channel';
import { createSidecar } from './server';

let privateFolder: string | null = null;

openChannel(
  configuration => {
    privateFolder = dirname(configuration.listenPath);
    createSidecar(configuration).listen(
      configuration.listenPath,
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
  log(
    'error',
    `The sidecar stops after an error: ${error.stack ?? error.name}`
  );
  process.exitCode = 1;
  process.disconnect();
});
