import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { IHome } from '../../protocol/home';
import { escapeHtml } from '../pages/page';
import { importMapOf } from './import-map';
import type { IInsertions } from './page-corrector';

/** The scripts that run in the browser, as they are built from `src/shim`. */
export interface IScripts {
  /** Runs in each page that is fixed, before all others. */
  page: string;
  /** Runs as the service worker of an app that has such pages. */
  worker: string;
}

/** Read them, from the folder that holds them. */
export function readScripts(folder: string): IScripts {
  const read = (name: string): string =>
    readFileSync(join(folder, name), 'utf8').trim();
  return { page: read('page.js'), worker: read('worker.js') };
}

/** What is put into a page of an app, made when it is asked for: few pages need it. */
export function insertionsOf(home: IHome, { page }: IScripts): IInsertions {
  return {
    get script() {
      const about = escapeHtml(JSON.stringify(home));
      return `<script data-porthole="${about}">${page}</script>`;
    },
    get importMap() {
      return `<script type="importmap">${importMapOf(home)}</script>`;
    }
  };
}

/** The sources that allow these in a Content-Security-Policy. */
export function hashesOf(home: IHome, { page }: IScripts): string[] {
  return [page, importMapOf(home)].map(
    script => `'sha256-${createHash('sha256').update(script).digest('base64')}'`
  );
}
