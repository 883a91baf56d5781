import { useBrowser } from '../support/browser';
import { stopAfterAll } from '../support/stop-after-all';
import { useHello } from './support/hello';
import { NOT_UP_YET, Surroundings } from './support/surroundings';
import { prepareVsCode, useVsCode, VS_CODE_ERRORS } from './support/vscode';

const visit = useBrowser();
const keep = stopAfterAll();
let surroundings: Surroundings;

beforeAll(async () => {
  surroundings = keep(await Surroundings.withoutServerProxy());
  await prepareVsCode(surroundings);
});

test('jupyter-server-proxy is not there', () => {
  expect(surroundings.jupyter.output).not.toContain('server_proxy');
  expect(surroundings.jupyter.output).not.toContain('server-proxy');
});

test('hello-jupyter-proxy', () =>
  visit(
    async page => {
      await surroundings.logIn(page);
      await useHello(page, surroundings);
      await surroundings.expectToBeOurs(page, 'hello');
    },
    { expectedErrors: NOT_UP_YET }
  ));

test('jupyter-vscode-proxy', () =>
  visit(
    async page => {
      await surroundings.logIn(page);
      await page.goto(surroundings.jupyter.url('vscode/'), {
        waitUntil: 'commit'
      });
      await useVsCode(page, surroundings);
      await surroundings.expectToBeOurs(page, 'vscode');
    },
    { expectedErrors: VS_CODE_ERRORS }
  ));
