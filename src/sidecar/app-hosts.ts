import type { IGrant } from '../protocol/grant';
import type { IProxiedPath } from '../protocol/paths';

/** How an app may call the machine that it runs on. */
const LOCAL_HOSTS: readonly string[] = [
  'localhost',
  '127.0.0.1',
  '[::1]',
  '0.0.0.0'
];

/** The hosts, in lower case, by which an app may name where it listens. */
export function localHosts({ place }: IProxiedPath, grant: IGrant): string[] {
  const hosts = [grant.host.toLowerCase()];
  const host = 'port' in place ? place.host : null;
  const port = 'port' in grant.target ? grant.target.port : 80;
  const defaultPort = grant.tls === null ? 80 : 443;
  if (host === null || LOCAL_HOSTS.includes(host.toLowerCase())) {
    for (const local of LOCAL_HOSTS) {
      hosts.push(`${local}:${port}`);
      if (port === defaultPort) {
        hosts.push(local);
      }
    }
  }
  return hosts.filter(
    (name, index) => name !== '' && hosts.indexOf(name) === index
  );
}
