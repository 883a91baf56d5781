/** How long the beginning of a page is kept that is being made up, in milliseconds. */
const FOR_PARTS_MS = 15;

/**
 * How long nothing may come of a page that tells its length, in milliseconds: nobody waits
 * for parts of it.
 */
const FOR_WHOLE_MS = 250;

/** Tells when a page takes its time to come, which says nothing about this process. */
export class Patience {
  private timer: NodeJS.Timeout | null = null;
  private pieces = 0;
  private hasEnded = false;

  /**
   * @param isSized - whether the page tells its length.
   * @param isBusy - whether some of what has come is still being worked on.
   * @param lose - called once, unless it has ended before.
   */
  constructor(
    private readonly isSized: boolean,
    private readonly isBusy: () => boolean,
    private readonly lose: () => void
  ) {}

  /** Take note of a piece that has come. */
  note(): void {
    this.pieces += 1;
    if (this.timer === null) {
      this.wait();
    }
  }

  end(): void {
    this.hasEnded = true;
    clearTimeout(this.timer ?? undefined);
  }

  private wait(): void {
    const { pieces, isSized } = this;
    this.timer = setTimeout(
      () => {
        // What has come by now is read first.
        setImmediate(() => {
          const isComing = isSized && this.pieces !== pieces;
          if (this.hasEnded) {
            return;
          }
          if (isComing || this.isBusy()) {
            this.wait();
          } else {
            this.lose();
          }
        });
      },
      isSized ? FOR_WHOLE_MS : FOR_PARTS_MS
    );
  }
}
