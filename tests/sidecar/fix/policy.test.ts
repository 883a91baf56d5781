import { allowedBy } from '../../../src/sidecar/fix/policy';

const OURS = ["'sha256-a='", "'sha256-b='"];
const BOTH = OURS.join(' ');

/** Whether our scripts run by a policy, and that they are all that is allowed more. */
describe('a Content-Security-Policy', () => {
  it.each([
    ["script-src 'self'", `script-src 'self' ${BOTH}`],
    ["script-src 'none'", `script-src ${BOTH}`],
    ["script-src 'NONE'", `script-src ${BOTH}`],
    ['script-src', `script-src ${BOTH}`],
    ["SCRIPT-SRC 'self'", `SCRIPT-SRC 'self' ${BOTH}`],
    ["script-src 'nonce-x'", `script-src 'nonce-x' ${BOTH}`],
    [
      "script-src 'unsafe-eval' https:",
      `script-src 'unsafe-eval' https: ${BOTH}`
    ],
    [
      "script-src 'strict-dynamic' 'nonce-x'",
      `script-src 'strict-dynamic' 'nonce-x' ${BOTH}`
    ],
    // What makes 'unsafe-inline' mean nothing.
    [
      "script-src 'unsafe-inline' 'nonce-x'",
      `script-src 'unsafe-inline' 'nonce-x' ${BOTH}`
    ],
    [
      "script-src 'unsafe-inline' 'sha384-x'",
      `script-src 'unsafe-inline' 'sha384-x' ${BOTH}`
    ],
    [
      "script-src 'unsafe-inline' 'strict-dynamic'",
      `script-src 'unsafe-inline' 'strict-dynamic' ${BOTH}`
    ],
    // The other directives stay.
    [
      "img-src 'none'; script-src 'self'; frame-ancestors 'self'",
      `img-src 'none'; script-src 'self' ${BOTH}; frame-ancestors 'self'`
    ],
    // That for elements counts most; that for all that there is counts last.
    [
      "script-src 'unsafe-inline'; script-src-elem 'self'",
      `script-src 'unsafe-inline'; script-src-elem 'self' ${BOTH}`
    ],
    [
      "script-src 'self'; default-src 'none'",
      `script-src 'self' ${BOTH}; default-src 'none'`
    ],
    ["default-src 'self'", `default-src 'self'; script-src 'self' ${BOTH}`],
    ["default-src 'none'", `default-src 'none'; script-src ${BOTH}`],
    [
      "default-src 'self'; img-src *",
      `default-src 'self'; img-src *; script-src 'self' ${BOTH}`
    ],
    // The first of a name counts.
    [
      "script-src 'self'; script-src 'unsafe-inline'",
      `script-src 'self' ${BOTH}; script-src 'unsafe-inline'`
    ],
    // Several policies in one field: a script has to be allowed by each.
    [
      "script-src 'self', script-src 'none'",
      `script-src 'self' ${BOTH},script-src ${BOTH}`
    ]
  ])('%s lets our scripts run, and no others', (policy, expected) => {
    expect(allowedBy(policy, OURS)).toBe(expected);
  });

  it.each([
    '',
    "img-src 'none'",
    "frame-ancestors 'self'; base-uri 'none'",
    "script-src 'self' 'unsafe-inline'",
    "script-src 'UNSAFE-INLINE' https:",
    "default-src 'self' 'unsafe-inline'",
    "script-src-elem 'unsafe-inline'; script-src 'none'",
    "style-src 'none' ; ; img-src *",
    "script-src-attr 'none'",
    "img-src *, style-src 'self'"
  ])('%s stays as it is, since it lets them run', policy => {
    expect(allowedBy(policy, OURS)).toBe(policy);
  });
});
