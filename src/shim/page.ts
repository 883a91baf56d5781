/**
 * Runs in a page that is fixed, before all other scripts (`src/sidecar/fix`): what these
 * name by a path from the root comes to lie under the app's prefix. Nothing is changed
 * that names another host, or a path that is Jupyter's.
 */
import type { IHome } from '../protocol/home';
import { Addresses } from './addresses';
import { correctCalls } from './calls';
import { confineCookies } from './cookies';
import { correctElements } from './elements';
import { correctMarkup } from './markup';
import { correctNavigations } from './navigations';
import { observe } from './observer';
import { correctStyleSheets } from './style-sheets';
import { startWorker } from './worker-start';

const script = document.currentScript;
if (script instanceof HTMLScriptElement && script.dataset['porthole']) {
  const home = JSON.parse(script.dataset['porthole']) as IHome;
  // What this page consists of is the app's business.
  script.remove();
  const addresses = new Addresses(home);
  correctCalls(addresses);
  correctElements(addresses, script);
  correctMarkup(addresses);
  correctNavigations(addresses);
  correctStyleSheets(addresses);
  confineCookies(home);
  observe(document, addresses);
  startWorker(home);
}
