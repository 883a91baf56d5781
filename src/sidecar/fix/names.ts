import type { PageText } from './page-text';

/**
 * Names in a page that matter. Most don't, and are told by their length and first letter,
 * which saves to make a text of each. With the same for addresses (`PLAIN_PATH` in
 * `src/protocol/home.ts`), a table with links is read at 43 MB/s instead of 33.
 */
export class Names {
  private readonly longest: number;
  private readonly known: ReadonlySet<string>;
  /** Whether any has such a length and first letter, see {@link Names.look}. */
  private readonly looks: Uint8Array;

  /** @param names - in lower case; they begin with letters. */
  constructor(names: Iterable<string>) {
    this.known = new Set(names);
    this.longest = Math.max(...Array.from(this.known, name => name.length));
    this.looks = new Uint8Array((this.longest + 1) << 5);
    for (const name of this.known) {
      this.looks[look(name.length, name.charCodeAt(0))] = 1;
    }
  }

  /** Read a name in lower case; the empty string if it doesn't matter. */
  read(page: PageText, start: number, end: number): string {
    const length = end - start;
    if (
      length > this.longest ||
      this.looks[look(length, page.codeAt(start))] !== 1
    ) {
      return '';
    }
    const name = page.slice(start, end).toLowerCase();
    return this.known.has(name) ? name : '';
  }
}

/** One number for a length and a letter, of either case. */
function look(length: number, code: number): number {
  return (length << 5) | (code & 31);
}
