/**
 * Let scripts of ours run in a page that has a Content-Security-Policy, and no others.
 *
 * @param policies - the value of one field: policies, parted by commas.
 * @param hashes - those of our scripts: `'sha256-…'`.
 */
export function allowedBy(policies: string, hashes: readonly string[]): string {
  return policies
    .split(',')
    .map(policy => allowedByOne(policy, hashes))
    .join(',');
}

/** The directives that may tell which scripts run; the first that is there does (CSP 3, 6.8). */
const FOR_SCRIPTS = ['script-src-elem', 'script-src', 'default-src'];

/** A source that makes `'unsafe-inline'` mean nothing. */
const OVERRIDES_INLINE = /^'(?:nonce-|sha(?:256|384|512)-|strict-dynamic')/i;

function allowedByOne(policy: string, hashes: readonly string[]): string {
  const directives = policy.split(';').map(directive => directive.trim());
  const named = (name: string): number =>
    directives.findIndex(
      directive => directive.split(/\s/, 1)[0]?.toLowerCase() === name
    );
  const index = FOR_SCRIPTS.map(named).find(found => found >= 0);
  if (index === undefined) {
    return policy;
  }
  const [name = '', ...sources] = (directives[index] ?? '').split(/\s+/);
  const allowsInline =
    sources.some(source => /^'unsafe-inline'$/i.test(source)) &&
    !sources.some(source => OVERRIDES_INLINE.test(source));
  if (allowsInline) {
    // With a hash it would allow less.
    return policy;
  }
  const kept = sources.filter(source => !/^'none'$/i.test(source));
  if (name.toLowerCase() === 'default-src') {
    // Only scripts are allowed more.
    directives.push(['script-src', ...kept, ...hashes].join(' '));
  } else {
    directives[index] = [name, ...kept, ...hashes].join(' ');
  }
  return directives.join('; ');
}
