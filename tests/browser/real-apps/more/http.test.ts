import { useBrowser } from '../../support/browser';
import type { Jupyter } from '../../support/jupyter';
import { stopAfterAll } from '../../support/stop-after-all';
import { MORE_APPS } from '../support/more';
import {
  PUBLIC_HOST,
  startPublicJupyter,
  tryThrough
} from '../support/through-jupyter';

const visit = useBrowser([PUBLIC_HOST]);
const keep = stopAfterAll();
let jupyter: Jupyter;

beforeAll(async () => {
  jupyter = keep(await startPublicJupyter());
});

test.each(MORE_APPS)('$name, which needs $needs', app =>
  tryThrough(jupyter, app, visit)
);
