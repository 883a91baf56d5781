import {
  SERVICE_PORT,
  SITE_HEADING,
  SITE_PORT,
  startService,
  startSite
} from './support/apps';
import { useBrowser } from './support/browser';
import { startJupyter, type Jupyter } from './support/jupyter';
import { runNotebook } from './support/notebook';
import { stopAfterAll } from './support/stop-after-all';

const NAME = '远程开发者';
const TEXT = '八月湖水平，涵虚混太清。“气蒸云梦泽”';

const visit = useBrowser();

describe('a notebook in a Jupyter that asks for a token', () => {
  const keep = stopAfterAll();
  let jupyter: Jupyter;

  beforeAll(async () => {
    keep(await startSite());
    keep(await startService());
    jupyter = keep(await startJupyter());
  });

  test('shows an app in an IFrame', () =>
    visit(async page => {
      const outputs = await runNotebook(page, jupyter, [
        'from IPython.display import IFrame\n' +
          `IFrame(src='/jupyter/proxy/${SITE_PORT}/', width='100%', height=400)`
      ]);
      const frame = outputs.frame(0);
      const heading = frame.getByRole('heading', { name: SITE_HEADING });
      await heading.waitFor();
      expect(await heading.evaluate(node => getComputedStyle(node).color)).toBe(
        'rgb(0, 100, 0)'
      );
      const { height } = await frame.owner().evaluate(node => ({
        height: node.clientHeight
      }));
      expect(height).toBe(400);
    }));

  test('calls an app with the token in a header', () =>
    visit(async page => {
      const outputs = await runNotebook(page, jupyter, [
        'import requests\n' +
          `headers = {'Authorization': 'token ${jupyter.token}'}`,
        `answer = requests.get('${service(jupyter)}/greet?name=${NAME}', headers=headers)\n` +
          "print(answer.status_code, answer.json()['message'])",
        `answer = requests.post('${service(jupyter)}/analyze', json={'text': '${TEXT}'}, headers=headers)\n` +
          "print(answer.status_code, answer.json()['characters'], answer.json()['text'])"
      ]);
      expect(await outputs.text(1)).toBe(`200 你好，${NAME}！`);
      expect(await outputs.text(2)).toBe(`200 ${TEXT.length} ${TEXT}`);
    }));
});

describe('a notebook in a Jupyter without authentication', () => {
  const keep = stopAfterAll();
  let jupyter: Jupyter;

  beforeAll(async () => {
    keep(await startService());
    jupyter = keep(await startJupyter({ authenticates: false }));
  });

  test('calls an app by plain requests', () =>
    visit(async page => {
      const outputs = await runNotebook(page, jupyter, [
        'import requests',
        `answer = requests.get('${service(jupyter)}/greet', params={'name': '${NAME}'})\n` +
          "print(answer.status_code, answer.json()['message'])",
        `answer = requests.post('${service(jupyter)}/analyze', json={'text': '${TEXT}'})\n` +
          "print(answer.status_code, answer.json()['characters'], answer.json()['text'])"
      ]);
      expect(await outputs.text(1)).toBe(`200 你好，${NAME}！`);
      expect(await outputs.text(2)).toBe(`200 ${TEXT.length} ${TEXT}`);
    }));
});

/** Where the service's endpoints are, behind Jupyter. */
function service(jupyter: Jupyter): string {
  return jupyter.url(`proxy/${SERVICE_PORT}/api/v1`);
}
