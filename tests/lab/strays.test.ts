import { isStray, isFixed, type Page } from '../../src/lab/strays';

const ROOT = 'http://h.example:8888/jupyter/proxy/8501/';
const JUPYTER = new URL('http://h.example:8888/jupyter/');

/** Whether a request for this is a stray, of an app below `/jupyter/`. */
function below(name: string, responseStatus?: number): boolean {
  const entry =
    responseStatus === undefined ? { name } : { name, responseStatus };
  return isStray(entry, ROOT, JUPYTER);
}

/** The same of an app of a Jupyter at the root of its host. */
function atRoot(name: string): boolean {
  const root = 'http://h.example:8888/proxy/8501/';
  return isStray({ name }, root, new URL('http://h.example:8888/'));
}

describe('isStray', () => {
  it.each(['/data.json', '/api/items?x=1', '/', '/jupyterx', '/proxy/8501/x'])(
    'is true for %s',
    path => {
      expect(below(`http://h.example:8888${path}`)).toBe(true);
    }
  );

  it.each([
    `${ROOT}data.json`,
    ROOT.slice(0, -1),
    'http://h.example:8888/jupyter',
    'http://h.example:8888/jupyter/static/style.css',
    'http://h.example:8888/jupyter/proxy/8502/x',
    'https://h.example:8888/data.json',
    'http://h.example/data.json',
    'https://cdn.example/data.json',
    'data:text/plain,x',
    'blob:http://h.example:8888/0f1e'
  ])('is false for %s', name => {
    expect(below(name)).toBe(false);
  });

  it.each([
    '/favicon.ico',
    '/static/favicon-32x32.png',
    '/apple-touch-icon.png',
    '/apple-touch-icon-120x120-precomposed.png',
    '/robots.txt',
    '/.well-known/appspecific/com.chrome.devtools.json',
    '/static/app.js.map',
    '/site.webmanifest',
    '/manifest.json'
  ])('is false for %s, which browsers want for themselves', path => {
    expect(below(`http://h.example:8888${path}`)).toBe(false);
  });

  it.each([
    [0, true],
    [404, true],
    [403, true],
    [500, true],
    [200, false],
    [304, false]
  ])('is told by the status %d: %s', (status, stray) => {
    expect(below('http://h.example:8888/data.json', status)).toBe(stray);
  });

  it('knows a Jupyter at the root of its host', () => {
    expect(atRoot('http://h.example:8888/data.json')).toBe(true);
    expect(atRoot('http://h.example:8888/proxy/8501/data.json')).toBe(false);
    expect(atRoot('http://h.example:8888/proxy/8502/data.json')).toBe(false);
  });
});

describe('isFixed', () => {
  /** The window of a frame with this in it. */
  function pageOf(html: string, workerUrl?: string): Page {
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const page = frame.contentDocument?.defaultView;
    if (!page) {
      throw new Error('The frame has no window.');
    }
    page.document.body.innerHTML = html;
    if (workerUrl !== undefined) {
      Object.defineProperty(page.navigator, 'serviceWorker', {
        value: {
          controller: workerUrl === '' ? null : { scriptURL: workerUrl }
        }
      });
    }
    return page;
  }

  it.each([
    '<script type="importmap">{"imports": {"/": "/jupyter/proxy/8501/"}}</script>',
    '<script type="ImportMap">{"imports": {"a": "b", "/": "/jupyter/proxy/8501/"}}</script>'
  ])('is true for %s', html => {
    expect(isFixed(pageOf(html), ROOT)).toBe(true);
  });

  it.each([
    '',
    '<script>{"imports": {"/": "/jupyter/proxy/8501/"}}</script>',
    '<script type="importmap">{"imports": {"/": "/jupyter/proxy/8502/"}}</script>',
    '<script type="importmap">{"imports": {"/x": "/jupyter/proxy/8501/"}}</script>',
    '<script type="importmap">{"imports": 1}</script>',
    '<script type="importmap">null</script>',
    '<script type="importmap">{</script>',
    '<script type="importmap"></script>'
  ])('is false for %s', html => {
    expect(isFixed(pageOf(html), ROOT)).toBe(false);
  });

  it.each([
    [`${ROOT}.porthole/worker.js`, true],
    [`${ROOT}sw.js`, false],
    ['http://h.example:8888/jupyter/proxy/8502/.porthole/worker.js', false],
    ['', false]
  ])('is told by the service worker “%s”: %s', (url, fixed) => {
    expect(isFixed(pageOf('', url), ROOT)).toBe(fixed);
  });
});
