import { correctedMarkup } from '../protocol/markup';
import type { Addresses } from './addresses';
import { onCall, onSet } from './hooks';

/** Elements of which the content is text. */
const WITH_TEXT: ReadonlySet<string> = new Set([
  'noscript',
  'script',
  'style',
  'textarea',
  'title',
  'xmp'
]);

/** Correct the addresses in what scripts write as HTML, before the browser reads it. */
export function correctMarkup(addresses: Addresses): void {
  const correct = (html: unknown, self?: unknown): unknown =>
    typeof html === 'string' &&
    !(self instanceof Element && WITH_TEXT.has(self.localName))
      ? correctedMarkup(html, addresses.ofAttribute)
      : html;
  const at =
    (index: number) =>
    (args: unknown[]): void => {
      if (index in args) {
        args[index] = correct(args[index]);
      }
    };
  for (const prototype of [Element.prototype, ShadowRoot.prototype]) {
    onSet(prototype, 'innerHTML', correct);
    onCall(prototype, 'setHTMLUnsafe', at(0));
  }
  onSet(Element.prototype, 'outerHTML', correct);
  onCall(Element.prototype, 'insertAdjacentHTML', at(1));
  onCall(Range.prototype, 'createContextualFragment', at(0));
  for (const name of ['write', 'writeln']) {
    onCall(Document.prototype, name, args => {
      // Its arguments are the parts of one text.
      args.splice(0, args.length, correct(args.join('')));
    });
  }
}
