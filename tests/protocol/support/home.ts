import type { IHome } from '../../../src/protocol/home';

/** The prefix of {@link homeOf}. */
export const PREFIX = '/user/alice/proxy/8501';

/** Port 8501 below `/user/alice/` on `lab.example`, but for what is given. */
export function homeOf(given: Partial<IHome> = {}): IHome {
  return {
    prefix: PREFIX,
    baseUrl: '/user/alice/',
    publicHost: 'lab.example',
    localHosts: ['localhost:8501', '127.0.0.1:8501', '[::1]:8501'],
    ...given
  };
}
