import type { ErrorCode } from '../../../src/sidecar/errors';
import { ERROR_TEXTS, type IAbout } from '../../../src/sidecar/pages/texts';

/** What is known about an error, but for what is given nothing. */
function about(given: Partial<IAbout> = {}): IAbout {
  return {
    place: 'port 8501',
    title: '',
    message: '',
    lines: [],
    folder: '',
    command: '',
    isHttps: false,
    socketPath: '',
    ...given
  };
}

/** All that is said about it, a sentence a line. */
function said(code: ErrorCode, given: Partial<IAbout> = {}): string {
  const { title, hints } = ERROR_TEXTS[code];
  const details = about(given);
  const sentences = hints(details).map(hint =>
    typeof hint === 'string' ? hint : `${hint.text} ${hint.code}`
  );
  return [title(details), ...sentences].join('\n');
}

const CODES = Object.keys(ERROR_TEXTS) as ErrorCode[];

/** Those that are no app's. */
const OF_NO_APP: ErrorCode[] = [
  'bad-request',
  'no-such-port',
  'method-not-allowed',
  'jupyter-gone'
];

describe('the text', () => {
  it.each(CODES)('of %s says what happened and what to do', code => {
    const { title, hints } = ERROR_TEXTS[code];
    const details = about({ title: 'Bokeh', message: 'It ended.' });
    expect(title(details)).toMatch(/^\S.*[.]$/s);
    // What is starting needs but patience.
    expect(hints(details).length).toBeGreaterThanOrEqual(
      code === 'starting' ? 0 : 1
    );
    for (const hint of hints(details)) {
      expect(typeof hint === 'string' ? hint : hint.text).toMatch(/[.?:]$/);
    }
  });

  it.each(CODES.filter(code => !OF_NO_APP.includes(code)))(
    'of %s names the app',
    code => {
      const place = 'port 8501 (Bokeh)';
      expect(said(code, { place, title: 'Bokeh' })).toContain('Bokeh');
    }
  );

  it('about an app that has ended says how it was started', () => {
    const title = 'Bokeh (app.py)';
    const [folder, command] = ['/home/me', 'bokeh serve app.py'];
    expect(said('app-ended', { title, folder, command })).toMatch(
      /^Bokeh \(app\.py\), which listened on port 8501, is not running any more\.\nStart it again in \/home\/me: bokeh serve app\.py\n/
    );
    expect(said('app-ended', { title, folder })).toContain(
      'Start it again in /home/me, as you did before.'
    );
    expect(said('app-ended', { title, command })).toContain(
      'Start it again: bokeh serve app.py'
    );
  });

  it('about HTTPS is written for ports and for named apps', () => {
    expect(said('speaks-tls', { place: 'port 8443 (Bokeh)' })).toContain(
      'c.Porthole.apps = {"my-app": {"port": 8443, "https": True,'
    );
    const named = said('speaks-tls', { place: 'RStudio’s port 8787' });
    expect(named).toContain('RStudio’s port 8787 wants to be asked by HTTPS.');
    expect(named).toContain('"https": True, "verify_certificate": False');
    expect(named).not.toContain('c.Porthole.apps');
  });

  it('about what broke off knows how it was asked', () => {
    expect(said('broke-off', { isHttps: true })).toContain('"https": True');
    expect(said('broke-off')).not.toContain('"https": True');
  });

  it('about what has no pages may not know what it is', () => {
    expect(said('no-pages', { title: 'SSH' })).toContain(
      'SSH listens on port 8501: it has no pages.'
    );
    expect(said('no-pages')).toContain(
      'What listens on port 8501 is no web app.'
    );
    expect(said('no-pages', { message: 'Look there.' })).toContain(
      '\nLook there.\n'
    );
  });

  it('tells what may be wrong where nothing listens', () => {
    expect(said('not-listening')).toContain('Does it listen on port 8501,');
    expect(said('not-listening', { place: 'RStudio’s socket' })).toContain(
      'Does it listen where its configuration says?'
    );
  });
});
