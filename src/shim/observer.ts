import type { Addresses } from './addresses';
import { isFixedDocument } from './elements';
import { onReturn } from './hooks';

/** Elements whose addresses a parser may have set, which no script has called for. */
const WITH_ADDRESSES =
  '[src],[href],[srcset],[action],[formaction],[poster],[data],[imagesrcset],[srcdoc],[style*="url("],style,use,image';

/** Correct the addresses in whatever is put into a document, or into a shadow tree of it. */
export function observe(root: Document, addresses: Addresses): void {
  const observer = new MutationObserver(records => {
    for (const { type, target, addedNodes } of records) {
      if (type === 'attributes' && target instanceof Element) {
        correctElement(target, addresses);
      }
      for (const node of addedNodes) {
        if (node instanceof Element) {
          correctTree(node, addresses);
        } else if (node.parentNode instanceof HTMLStyleElement) {
          correctElement(node.parentNode, addresses);
        }
      }
    }
  });
  const options: MutationObserverInit = { childList: true, subtree: true };
  if (!('serviceWorker' in navigator)) {
    // What scripts set in `element.style` no property's setter tells.
    options.attributeFilter = ['style'];
  }
  observer.observe(root, options);
  onReturn(Element.prototype, 'attachShadow', shadow => {
    if (shadow instanceof ShadowRoot) {
      observer.observe(shadow, options);
    }
  });
}

function correctTree(element: Element, addresses: Addresses): void {
  if (element.matches(WITH_ADDRESSES)) {
    correctElement(element, addresses);
  }
  for (const below of element.querySelectorAll(WITH_ADDRESSES)) {
    correctElement(below, addresses);
  }
}

function correctElement(element: Element, addresses: Addresses): void {
  for (const { name, value } of Array.from(element.attributes)) {
    if (addresses.ofAttribute(element.localName, name, value) !== null) {
      // Which is corrected on its way, see `correctElements`.
      element.setAttribute(name, value);
    }
  }
  if (
    element instanceof HTMLIFrameElement &&
    element.srcdoc !== '' &&
    !isFixedDocument(element.srcdoc)
  ) {
    element.setAttribute('srcdoc', element.srcdoc);
  }
  if (element instanceof HTMLStyleElement) {
    const text = element.textContent;
    const fixed = addresses.ofCss(text);
    if (fixed !== text) {
      element.textContent = String(fixed);
    }
  }
}
