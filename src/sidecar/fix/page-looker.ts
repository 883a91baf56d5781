import { addressesIn } from '../../protocol/addresses';
import { bearingOf, type IHome } from '../../protocol/home';
import { decodedValue } from './attributes';
import { addressesInScript, isKnownScript } from './known-scripts';
import type { PageText } from './page-text';
import { type ITag, leadsElsewhere, valueOf } from './tag';
import type { ITagListener } from './tag-reader';

/** Links that a page names for others, and works without. */
const MINOR_LINK =
  /\b(?:alternate|apple-touch-icon|canonical|icon|manifest|search)\b/i;

/** Looks in a page for what tells where the page believes to live. */
export class PageLooker implements ITagListener {
  private hasKnownScript = false;
  private hasTold = false;

  /**
   * @param tell - gets the first tag that tells, once; `'at-home'` is a page that is right
   * as it is.
   */
  constructor(
    private readonly page: PageText,
    private readonly home: IHome,
    private readonly tell: (bearing: 'at-home' | 'at-root', tag: ITag) => void
  ) {}

  open(tag: ITag): boolean {
    const { element, attributes } = tag;
    if (leadsElsewhere(tag, this.page, this.home)) {
      this.tellOnce('at-home', tag);
    }
    for (const { kind, start, end } of attributes) {
      if (kind !== undefined && kind !== 'document' && kind !== 'refresh') {
        const value = decodedValue(this.page.slice(start, end));
        this.hasKnownScript ||= element === 'script' && isKnownScript(value);
        this.learn(tag, addressesIn(kind, value));
      }
    }
    return element === 'style' || (element === 'script' && this.hasKnownScript);
  }

  text(tag: ITag, start: number, end: number): void {
    const text = this.page.slice(start, end);
    const isStyle = tag.element === 'style';
    this.learn(
      tag,
      isStyle ? addressesIn('css', text) : addressesInScript(text)
    );
  }

  close(): void {
    // No end tag holds an address.
  }

  /** Learn from addresses; the first that tells counts. */
  private learn(tag: ITag, addresses: readonly string[]): void {
    for (const address of addresses) {
      const bearing = bearingOf(address, this.home);
      if (
        bearing === 'at-home' ||
        (bearing === 'at-root' && !this.isMinor(tag))
      ) {
        this.tellOnce(bearing, tag);
      }
    }
  }

  private tellOnce(bearing: 'at-home' | 'at-root', tag: ITag): void {
    if (!this.hasTold) {
      this.hasTold = true;
      this.tell(bearing, tag);
    }
  }

  private isMinor(tag: ITag): boolean {
    return (
      tag.element === 'link' && MINOR_LINK.test(valueOf(tag, 'rel', this.page))
    );
  }
}
