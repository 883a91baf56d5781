/** A part of a page, and what replaces it. */
interface IEdit {
  start: number;
  end: number;
  text: string;
}

/** The text of a page as it comes; positions count from the page's beginning. */
export class PageText {
  /** What has come and was not taken yet; its first character's position is `base`. */
  private text = '';
  private base = 0;
  private edits: IEdit[] = [];

  /** The position behind all that has come. */
  get end(): number {
    return this.base + this.text.length;
  }

  /** Whether nothing was taken yet. */
  get isWhole(): boolean {
    return this.base === 0;
  }

  append(text: string): void {
    this.text += text;
  }

  slice(start: number, end: number): string {
    return this.text.slice(start - this.base, end - this.base);
  }

  /** The code of the character at a position. */
  codeAt(position: number): number {
    return this.text.charCodeAt(position - this.base);
  }

  /** Whether what stands at a position was not taken yet. */
  has(position: number): boolean {
    return position >= this.base;
  }

  /** Replace a part; parts come in their order. */
  replace(start: number, end: number, text: string): void {
    this.edits.push({ start, end, text });
  }

  /** Take what stands before a position, with what was replaced; no part crosses it. */
  take(end: number): string {
    let result = '';
    let position = this.base;
    let count = 0;
    for (const edit of this.edits) {
      if (edit.end > end) {
        break;
      }
      result += this.slice(position, edit.start) + edit.text;
      position = edit.end;
      count += 1;
    }
    result += this.slice(position, end);
    this.text = this.slice(end, this.end);
    this.base = end;
    this.edits = this.edits.slice(count);
    return result;
  }
}
