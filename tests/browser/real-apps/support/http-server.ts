import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

import { NO_FAVICON } from './errors';
import { installed } from './places';
import type { IRealApp } from './real-app';

const CONTENT = Buffer.alloc(100_000, 'porthole\n');

export const HTTP_SERVER: IRealApp = {
  name: "Python's http.server",
  needs: 'nothing but its prefix stripped',
  async command({ port, folder }) {
    await mkdir(join(folder, 'below'));
    await writeFile(join(folder, 'below/data.bin'), CONTENT);
    return {
      program: installed('python'),
      args: ['-m', 'http.server', String(port)]
    };
  },
  async use(frame) {
    await frame.getByRole('link', { name: 'below/' }).click();
    const downloaded = frame.page().waitForEvent('download');
    await frame.getByRole('link', { name: 'data.bin' }).click();
    const stream = await (await downloaded).createReadStream();
    expect((await buffer(stream)).equals(CONTENT)).toBe(true);
  },
  expectedErrors: NO_FAVICON
};
