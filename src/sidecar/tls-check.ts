import { codeOf, dial, type Target } from './dial';

/** How long an app has for the handshake, in milliseconds. */
const PATIENCE_MS = 1000;

/** OpenSSL's errors when the other side speaks TLS, but not on with us. */
const REFUSED_BY_TLS = /^ERR_SSL_.*(?:ALERT|UNSUPPORTED_PROTOCOL)/;

/**
 * Find out whether an app speaks TLS, by one handshake; nothing is sent by it, and nothing
 * depends on the certificate.
 *
 * @param target - of an app that is asked without TLS.
 */
export async function speaksTls(target: Target): Promise<boolean> {
  const tls = {
    serverName: 'localhost',
    verifies: false,
    authorities: '',
    changed: 0
  };
  try {
    const socket = await dial({ ...target, tls }, undefined, PATIENCE_MS);
    socket.destroy();
    return true;
  } catch (error) {
    return REFUSED_BY_TLS.test(codeOf(error));
  }
}
