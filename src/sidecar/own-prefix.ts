import type { IGranted } from './forward';
import type { IInterceptor } from './outgoing';
import type { RawHeaders } from './raw-headers';
import { type IRequestHead, isNavigation, isRepeatable } from './request-head';
import type { IReceiver, IResponseHead } from './response-parser';

/**
 * Where a person who opens an app is led to if the app has no page there, because it was
 * started with a prefix of its own: a public address.
 *
 * @returns `null` if that isn't known, or somebody asks for anything else than its first
 * page.
 */
export function addressOfPages({
  request,
  path,
  grant
}: IGranted<IRequestHead>): string | null {
  const { pagesAt } = grant;
  const first = /^\/(\?.*)?$/s.exec(path.rest ?? '');
  return pagesAt === '' ||
    first === null ||
    !isRepeatable(request) ||
    !isNavigation(request)
    ? null
    : pagesAt + (first[1] ?? '');
}

/** Makes a redirect of the answer that there is no page, and passes on all others. */
export class LeadingReceiver implements IInterceptor {
  private isLeading = false;

  /**
   * @param address - where the pages are.
   * @param receiver - gets the response.
   * @param interceptor - is to get it first, if it is no redirect.
   */
  constructor(
    private readonly address: string,
    private readonly receiver: IReceiver,
    private readonly interceptor: IInterceptor | null
  ) {}

  inform(head: IResponseHead): void {
    this.next.inform(head);
  }

  begin(head: IResponseHead): void {
    this.isLeading = head.status === 404;
    this.next.begin(
      this.isLeading
        ? {
            status: 302,
            reason: 'Found',
            headers: [
              'Location',
              this.address,
              'Cache-Control',
              'no-store',
              'Content-Length',
              '0'
            ]
          }
        : head
    );
  }

  write(piece: Buffer): void {
    if (!this.isLeading) {
      this.next.write(piece);
    }
  }

  end(trailers: RawHeaders): void {
    this.next.end(this.isLeading ? [] : trailers);
  }

  flush(): boolean {
    return this.next.flush();
  }

  resume(): boolean {
    return this.isLeading || (this.interceptor?.resume() ?? true);
  }

  abort(): void {
    this.interceptor?.abort();
  }

  fail(error: unknown): void {
    this.next.fail(error);
  }

  /** Who gets what comes: a redirect is nobody's business but the client's. */
  private get next(): IReceiver {
    return this.isLeading ? this.receiver : (this.interceptor ?? this.receiver);
  }
}
