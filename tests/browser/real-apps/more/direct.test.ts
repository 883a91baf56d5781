import { useBrowser } from '../../support/browser';
import { MORE_APPS } from '../support/more';
import { APPS } from '../support/quick';
import { tryDirectly } from '../support/through-jupyter';

const visit = useBrowser(['localhost']);

// Where one of these fails, it isn't for what is between in the other tests.
test.each([...APPS, ...MORE_APPS])('$name at its own address', app =>
  tryDirectly(app, visit)
);
