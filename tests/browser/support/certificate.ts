import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The files of a certificate and its key. */
export interface ICertificate {
  certfile: string;
  keyfile: string;
}

/** Make a certificate for a host, of an authority that nobody knows, in a folder. */
export async function makeCertificate(
  folder: string,
  host: string
): Promise<ICertificate> {
  const options = ['--quiet', '--dir', folder, '--identities', host];
  await promisify(execFile)('python', ['-m', 'trustme', ...options]);
  return {
    certfile: join(folder, 'server.pem'),
    keyfile: join(folder, 'server.key')
  };
}
