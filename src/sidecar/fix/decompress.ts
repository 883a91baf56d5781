import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress
} from 'node:zlib';
import type { Transform } from 'node:stream';

/** What takes off a coding (RFC 9110, section 8.4.1), by the coding's name. */
const DECOMPRESSORS: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip({ flush: constants.Z_SYNC_FLUSH }),
  'x-gzip': () => createGunzip({ flush: constants.Z_SYNC_FLUSH }),
  deflate: () => createInflate({ flush: constants.Z_SYNC_FLUSH }),
  br: () => createBrotliDecompress(),
  zstd: () => createZstdDecompress()
};

/** Whether a coding, the value of `Content-Encoding`, can be taken off. */
export function canDecompress(coding: string): boolean {
  return Object.hasOwn(DECOMPRESSORS, nameOf(coding));
}

/** Make what takes off a coding; `null` if none can. */
export function decompressor(coding: string): Transform | null {
  return canDecompress(coding)
    ? (DECOMPRESSORS[nameOf(coding)]?.() ?? null)
    : null;
}

function nameOf(coding: string): string {
  return coding.trim().toLowerCase();
}
