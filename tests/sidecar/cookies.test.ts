import { confineCookie, withoutJupyters } from '../../src/sidecar/cookies';
import { grantOf } from './support/grant';

const GRANT = grantOf();
const PREFIX = '/jupyter/proxy/8501';
const TORNADO_XSRF = '2|8c6a3f10|0123456789abcdef0123456789abcdef|1700000000';

describe('withoutJupyters', () => {
  it.each([
    ['one of the app', 'a=1', 'a=1'],
    ['odd spaces and bytes', 'a=1;b="\xe9" ;  c', 'a=1;b="\xe9" ;  c'],
    ['the login', 'username-localhost-8888=secret', ''],
    ['the login in front', 'username-localhost-8888=s; a=1', 'a=1'],
    [
      'the login in the middle',
      'a=1; username-localhost-8888=s; b=2',
      'a=1; b=2'
    ],
    ['the login at the end', 'a=1; username-localhost-8888=s', 'a=1'],
    [
      'the login twice',
      'username-localhost-8888=1; username-localhost-8888=2',
      ''
    ],
    ['spaces around its name', 'a=1; username-localhost-8888 =s', 'a=1'],
    [
      'a hub cookie',
      'jupyterhub-session-id=s; jupyterhub-user-x=t; a=1',
      'a=1'
    ],
    [
      'a name that begins like the login',
      'username-localhost-8888-x=1',
      'username-localhost-8888-x=1'
    ],
    [
      'a name that ends like a hub cookie',
      'my-jupyterhub-x=1',
      'my-jupyterhub-x=1'
    ],
    [
      'the login as a value',
      'a=username-localhost-8888=1',
      'a=username-localhost-8888=1'
    ],
    ['an _xsrf of Tornado', `_xsrf=${TORNADO_XSRF}; a=1`, 'a=1'],
    ['a quoted _xsrf of Tornado', `_xsrf="${TORNADO_XSRF}"; a=1`, 'a=1'],
    ['an _xsrf of another framework', '_xsrf=abc', '_xsrf=abc'],
    ['nothing', '', '']
  ])('with %s', (_what, cookie, kept) => {
    expect(withoutJupyters(cookie, GRANT)).toBe(kept);
  });

  it('keeps an _xsrf of Tornado that an app has set', () => {
    const own = TORNADO_XSRF.replace('8c6a', '1234');
    expect(withoutJupyters(`_xsrf=${own}`, GRANT)).toBe('');
    confineCookie(`_xsrf=${own}; Path=/`, PREFIX, GRANT);
    expect(withoutJupyters(`_xsrf=${own}`, GRANT)).toBe(`_xsrf=${own}`);
  });
});

describe('confineCookie', () => {
  it.each([
    ['no attributes', 'a=1', 'a=1'],
    ['the root', 'a=1; Path=/', `a=1; Path=${PREFIX}`],
    ['a path', 'a=1; Path=/x/y', `a=1; Path=${PREFIX}/x/y`],
    ['an empty path', 'a=1; path=', `a=1; Path=${PREFIX}`],
    ['a relative path', 'a=1; Path=x', `a=1; Path=${PREFIX}`],
    ['a path without a value', 'a=1; Path', `a=1; Path=${PREFIX}`],
    ['the prefix', `a=1; Path=${PREFIX}`, `a=1; Path=${PREFIX}`],
    ['a path below it', `a=1; Path=${PREFIX}/x`, `a=1; Path=${PREFIX}/x`],
    [
      'a path that only begins alike',
      `a=1; Path=${PREFIX}2`,
      `a=1; Path=${PREFIX}${PREFIX}2`
    ],
    [
      'two paths',
      'a=1; Path=/x; PATH=/',
      `a=1; Path=${PREFIX}/x; Path=${PREFIX}`
    ],
    ['a domain', 'a=1; Domain=localhost; HttpOnly', 'a=1; HttpOnly'],
    [
      'all other attributes',
      'a="x y";Secure; SameSite=None;  Expires=Thu, 01 Jan 1970 00:00:00 GMT',
      'a="x y";Secure; SameSite=None;  Expires=Thu, 01 Jan 1970 00:00:00 GMT'
    ],
    ['the login', 'username-localhost-8888=x; Path=/', null],
    ['the login without a value', 'username-localhost-8888', null],
    ['a hub cookie', ' jupyterhub-session-id =x', null]
  ])('with %s', (_what, setCookie, confined) => {
    expect(confineCookie(setCookie, PREFIX, GRANT)).toBe(confined);
  });
});
