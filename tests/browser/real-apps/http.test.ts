import { useBrowser } from '../support/browser';
import type { Jupyter } from '../support/jupyter';
import { stopAfterAll } from '../support/stop-after-all';
import { APPS } from './support/quick';
import {
  PUBLIC_HOST,
  startPublicJupyter,
  tryThrough
} from './support/through-jupyter';

const visit = useBrowser([PUBLIC_HOST]);
const keep = stopAfterAll();
let jupyter: Jupyter;

beforeAll(async () => {
  jupyter = keep(await startPublicJupyter());
});

test.each(APPS)('$name, which needs $needs', app =>
  tryThrough(jupyter, app, visit)
);
