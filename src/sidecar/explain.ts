import type { IEarlierApp } from '../protocol/grant';
import { CarryError, endedError, receivedIn, upstreamError } from './errors';
import type { IGranted } from './forward';
import type { Grants } from './grants';
import { isTlsAlert } from './languages';
import { placeName } from './place-name';
import { type IRequestHead, isNavigation } from './request-head';
import { speaksTls } from './tls-check';

/**
 * Why a granted request could not be carried. Where a person waits for a page, it is worth
 * a closer look.
 *
 * @param error - what kept the app from answering.
 * @param grants - are asked anew about an app that is gone.
 */
export async function explain(
  granted: IGranted<IRequestHead>,
  error: unknown,
  grants: Grants
): Promise<CarryError> {
  const { request, path, grant } = granted;
  const explained = upstreamError(error, path.place, grant);
  if (!isNavigation(request)) {
    return explained;
  }
  if (explained.code === 'broke-off' && (await wantsTls(granted, error))) {
    return new CarryError('speaks-tls', placeName(path.place, grant));
  }
  if (explained.code === 'not-listening' && grant.lifetimeMs > 0) {
    const earlier = await askAgain(granted, grants);
    return earlier === null ? explained : endedError(path.place, earlier);
  }
  return explained;
}

/** Whether an app that understands no HTTP speaks TLS, and gave no other sign of life. */
async function wantsTls(
  { grant }: IGranted<IRequestHead>,
  error: unknown
): Promise<boolean> {
  const received = receivedIn(error);
  return (
    grant.tls === null &&
    (received.length === 0 || isTlsAlert(received)) &&
    speaksTls(grant.target)
  );
}

/** Ask who listened there, since the grant says only who listened when it was made. */
async function askAgain(
  { request, path }: IGranted<IRequestHead>,
  grants: Grants
): Promise<IEarlierApp | null> {
  grants.forget(path.place);
  const answer = await grants.obtain(request, path);
  return 'target' in answer ? answer.earlier : null;
}
