import { correctedMarkup } from '../protocol/markup';
import type { Addresses } from './addresses';
import { onCall, onSet } from './hooks';

/** The properties by which scripts set addresses, with the names of their attributes. */
const PROPERTIES: readonly (readonly [
  element: string,
  ...properties: string[]
])[] = [
  ['HTMLAnchorElement', 'href', 'ping'],
  ['HTMLAreaElement', 'href', 'ping'],
  ['HTMLBaseElement', 'href'],
  ['HTMLButtonElement', 'formAction'],
  ['HTMLEmbedElement', 'src'],
  ['HTMLFormElement', 'action'],
  ['HTMLFrameElement', 'src'],
  ['HTMLIFrameElement', 'src', 'srcdoc'],
  ['HTMLImageElement', 'src', 'srcset'],
  ['HTMLInputElement', 'src', 'formAction'],
  ['HTMLLinkElement', 'href', 'imageSrcset'],
  ['HTMLMediaElement', 'src'],
  ['HTMLObjectElement', 'data'],
  ['HTMLScriptElement', 'src'],
  ['HTMLSourceElement', 'src', 'srcset'],
  ['HTMLTrackElement', 'src'],
  ['HTMLVideoElement', 'poster']
];

/**
 * Correct the addresses that scripts set in elements.
 *
 * @param script - that of this page, for documents that are written into a frame.
 */
export function correctElements(
  addresses: Addresses,
  script: HTMLScriptElement
): void {
  const valueOf = (self: unknown, name: unknown, value: unknown): unknown => {
    if (!(self instanceof Element) || typeof name !== 'string') {
      return value;
    }
    return self instanceof HTMLIFrameElement && /^srcdoc$/i.test(name)
      ? withScript(script, value, addresses)
      : (addresses.ofAttribute(self.localName, name, String(value)) ?? value);
  };
  for (const [type, ...properties] of PROPERTIES) {
    const constructor: unknown = Reflect.get(window, type);
    if (typeof constructor === 'function') {
      for (const name of properties) {
        onSet(constructor.prototype as object, name, (value, self) =>
          valueOf(self, name, value)
        );
      }
    }
  }
  onCall(Element.prototype, 'setAttribute', (args, self) => {
    args[1] = valueOf(self, args[0], args[1]);
  });
  onCall(Element.prototype, 'setAttributeNS', (args, self) => {
    args[2] = valueOf(self, args[1], args[2]);
  });
}

/** A frame's document is not asked for, so it isn't fixed on its way: that is done here. */
function withScript(
  script: HTMLScriptElement,
  html: unknown,
  addresses: Addresses
): unknown {
  return typeof html === 'string' && html !== '' && !isFixedDocument(html)
    ? script.outerHTML + correctedMarkup(html, addresses.ofAttribute)
    : html;
}

/** Whether a frame's document has our script already. */
export function isFixedDocument(html: string): boolean {
  return html.includes('<script data-porthole=');
}
