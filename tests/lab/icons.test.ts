import { pythonIcon, refreshIcon } from '@jupyterlab/ui-components';

import { appIcon, resolveIcon, resolveIconUrl } from '../../src/lab/icons';

describe('resolveIcon', () => {
  it('finds an icon of JupyterLab by its name', () => {
    expect(resolveIcon('ui-components:python')).toBe(pythonIcon);
    expect(resolveIcon(' ui-components:refresh ')).toBe(refreshIcon);
  });

  it.each([
    '',
    'no-such:icon',
    'https://evil/icon.svg',
    '/icon.svg',
    '<svg',
    '<svg xmlns="http://www.w3.org/2000/svg"><g></svg>',
    '<img src="x" onerror="alert(1)"/>',
    '<html xmlns="http://www.w3.org/1999/xhtml"/>'
  ])('has an icon of its own for %j', text => {
    expect(resolveIcon(text)).toBe(appIcon);
    expect(resolveIcon(text)).toBe(appIcon);
  });

  it('shows an SVG text as an image, so that nothing in it can run', () => {
    const text =
      '<svg viewBox="0 0 9 9" onload="run()"><script>run()</script><text>é</text></svg>';
    const icon = resolveIcon(text);
    const node = icon.element();
    expect(node.querySelectorAll('script, text, [onload]')).toHaveLength(0);
    const href = node.querySelector('image')?.getAttribute('href') ?? '';
    const [type, data = ''] = href.split(',');
    expect(type).toBe('data:image/svg+xml;base64');
    const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
    expect(new TextDecoder().decode(bytes)).toBe(
      text.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"')
    );
  });

  it('shows other images, given as data URLs', () => {
    const url = 'data:image/png;base64,iVBORw0KGgo=';
    const image = resolveIcon(url).element().querySelector('image');
    expect(image?.getAttribute('href')).toBe(url);
  });

  it.each([
    'data:text/html;base64,PHA+',
    'data:image/png,abc',
    'data:image/png;base64,"/><script>run()</script>'
  ])('does not take %j for an image', text => {
    expect(resolveIcon(text)).toBe(appIcon);
  });

  it('makes one icon of one text', () => {
    const text = '<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>';
    expect(resolveIcon(text)).toBe(resolveIcon(text));
    expect(resolveIcon(text)).not.toBe(resolveIcon(text.replace('g', 'b')));
  });
});

describe('resolveIconUrl', () => {
  it('is the image itself', () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>';
    const svgUrl = `data:image/svg+xml;base64,${btoa(svg)}`;
    expect(resolveIconUrl(svg)).toBe(svgUrl);
    expect(resolveIconUrl(svgUrl)).toBe(svgUrl);
  });

  it('is there for icons of JupyterLab, and for anything else', () => {
    const prefix = /^data:image\/svg\+xml;base64,./;
    expect(resolveIconUrl('ui-components:python')).toMatch(prefix);
    expect(resolveIconUrl('')).toMatch(prefix);
    expect(resolveIconUrl('<svg')).toBe(resolveIconUrl(''));
  });
});
