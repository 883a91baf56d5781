import { LabIcon, refreshIcon } from '@jupyterlab/ui-components';

/** Stands for every app that has no usable icon of its own. */
export const appIcon = new LabIcon({
  name: 'jupyter-porthole:app',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="#616161" fill-rule="evenodd"
    d="M12 1a11 11 0 1 1 0 22 11 11 0 0 1 0-22zm0 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zm0-3.2a1.1 1.1 0 1 0 0 2.2 1.1 1.1 0 0 0 0-2.2zm0 18.2a1.1 1.1 0 1 0 0 2.2 1.1 1.1 0 0 0 0-2.2zM2.9 10.9a1.1 1.1 0 1 0 0 2.2 1.1 1.1 0 0 0 0-2.2zm18.2 0a1.1 1.1 0 1 0 0 2.2 1.1 1.1 0 0 0 0-2.2z"/>
  <path class="jp-icon3" fill="#616161"
    d="M6 12.6c1-.9 2-.9 3 0s2 .9 3 0 2-.9 3 0 2 .9 3 0a6 6 0 0 1-12 0z"/>
</svg>`
});

/** Stands for "Open a Port…". */
export const openPortIcon = new LabIcon({
  name: 'jupyter-porthole:open-port',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="#616161" fill-rule="evenodd"
    d="M12 1a11 11 0 1 1 0 22 11 11 0 0 1 0-22zm0 3a8 8 0 1 0 0 16 8 8 0 0 0 0-16zm-1.2 3h2.4v3.8H17v2.4h-3.8V17h-2.4v-3.8H7v-2.4h3.8z"/>
</svg>`
});

const SVG_NAMESPACE = 'http://www.w3.org/2000/svg';

/** An image as `imageUrl` writes it. */
const IMAGE_URL = /^data:image\/[a-z0-9.+-]+;base64,[a-z0-9+/]+=*$/i;

/** Icons made from images: each is registered under its name for good. */
const drawn = new Map<string, LabIcon | null>();

/**
 * The icon that a setting, a command or the server names.
 *
 * @param text - the name of a registered icon, such as
 * `ui-components:python`, the text of an SVG image, or an image's data URL.
 * @returns that icon, or the one for any app if the text is neither.
 */
export function resolveIcon(text: string): LabIcon {
  const wanted = text.trim();
  if (wanted === '') {
    return appIcon;
  }
  return (
    (/^(?:<|data:)/i.test(wanted) ? drawIcon(wanted) : namedIcon(wanted)) ??
    appIcon
  );
}

/**
 * The same icon as an address for `<img>`. (The launcher's sections for kernels
 * show nothing else.)
 */
export function resolveIconUrl(text: string): string {
  const wanted = text.trim();
  return imageOf(wanted) ?? imageOf(resolveIcon(wanted).svgstr.trim()) ?? '';
}

/**
 * An image as a data URL: in base64, because `LabIcon` decodes percent signs.
 *
 * @param type - the media type, without parameters.
 */
export function imageUrl(type: string, bytes: Uint8Array): string {
  const binary = Array.from(bytes, byte => String.fromCharCode(byte)).join('');
  return `data:${type};base64,${btoa(binary)}`;
}

/** `LabIcon.resolve` answers unknown names with a picture for "loading". */
function namedIcon(name: string): LabIcon | null {
  const icon = LabIcon.resolve({ icon: name });
  const unknown =
    icon.svgstr === refreshIcon.svgstr && icon.name !== refreshIcon.name;
  return unknown ? null : icon;
}

/**
 * The image is shown inside the icon and never becomes part of the page: browsers
 * run no script and load nothing for an SVG image (SVG 2, section 2.2.1, "secure
 * animated mode"), so there is nothing to sanitise.
 */
function drawIcon(text: string): LabIcon | null {
  const known = drawn.get(text);
  if (known !== undefined) {
    return known;
  }
  const image = imageOf(text);
  const icon =
    image === null
      ? null
      : new LabIcon({
          name: `jupyter-porthole:drawn-${drawn.size}`,
          svgstr: `<svg xmlns="${SVG_NAMESPACE}" width="16" viewBox="0 0 24 24"><image width="24" height="24" href="${image}"/></svg>`
        });
  drawn.set(text, icon);
  return icon;
}

/** @returns the data URL of an image, or `null` if the text is none. */
function imageOf(text: string): string | null {
  return IMAGE_URL.test(text) ? text : svgUrl(text);
}

function svgUrl(text: string): string | null {
  const whole = text.includes(SVG_NAMESPACE)
    ? text
    : text.replace(/<svg(?=[\s>])/, `<svg xmlns="${SVG_NAMESPACE}"`);
  const parsed = new DOMParser().parseFromString(whole, 'image/svg+xml');
  const root = parsed.documentElement;
  if (
    parsed.querySelector('parsererror') !== null ||
    root.localName !== 'svg' ||
    root.namespaceURI !== SVG_NAMESPACE
  ) {
    return null;
  }
  return imageUrl('image/svg+xml', new TextEncoder().encode(whole));
}
