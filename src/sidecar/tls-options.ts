import { readFileSync } from 'node:fs';
import {
  type ConnectionOptions,
  createSecureContext,
  type SecureContext
} from 'node:tls';

import type { IGrantTls } from '../protocol/grant';

/** The authorities of each file, with when it was changed: reading them takes its time. */
const contexts = new Map<string, { changed: number; context: SecureContext }>();

/**
 * How to connect to an app that speaks HTTPS.
 *
 * @throws what keeps the file of its authorities from being read, or from making sense.
 */
export function tlsOptions(tls: IGrantTls): ConnectionOptions {
  return {
    servername: tls.serverName,
    rejectUnauthorized: tls.verifies,
    ...(tls.authorities !== '' && { secureContext: contextOf(tls) }),
    // HTTP/2 is not spoken here.
    ALPNProtocols: ['http/1.1']
  };
}

function contextOf({ authorities, changed }: IGrantTls): SecureContext {
  const known = contexts.get(authorities);
  if (known?.changed === changed) {
    return known.context;
  }
  const context = createSecureContext({ ca: readFileSync(authorities) });
  contexts.set(authorities, { changed, context });
  return context;
}
