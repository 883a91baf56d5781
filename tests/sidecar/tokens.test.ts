import {
  authorizesByToken,
  tokenParameters,
  withoutTokens
} from '../../src/sidecar/tokens';

describe('withoutTokens', () => {
  it.each([
    ['/a?token=s', '/a'],
    ['/a?token=s&b=1', '/a?b=1'],
    ['/a?b=1&token=s', '/a?b=1'],
    ['/a?b=1&token=s&c', '/a?b=1&c'],
    ['/a?token=s&token=s', '/a'],
    ['/a?token=t&b=%2F+', '/a?token=t&b=%2F+'],
    ['/a?token=', '/a?token='],
    ['/a?mytoken=s', '/a?mytoken=s'],
    ['/a?token=ss', '/a?token=ss'],
    ['/token=s', '/token=s'],
    ['/a?', '/a?'],
    ['/a?&&', '/a?&&'],
    ['/a?b=?token=s', '/a?b=?token=s'],
    // Jupyter decodes names and values before it looks.
    ['/a?%74oken=s&b', '/a?b'],
    ['/a?token=%73&b', '/a?b'],
    ['/a?token=+s%20&b', '/a?b'],
    ['/a?%74oken=t', '/a?%74oken=t']
  ])('makes of %s %s', (target, expected) => {
    expect(withoutTokens(target, ['s'])).toBe(expected);
  });

  it('leaves all of them to the app when none is Jupyter’s', () => {
    expect(withoutTokens('/a?token=s', [])).toBe('/a?token=s');
  });
});

describe('tokenParameters', () => {
  it.each([
    ['/a', []],
    ['/a?b=1', []],
    ['/a?b=1&token=s', ['token=s']],
    ['/a?%74oken=s&token=t&b', ['%74oken=s', 'token=t']],
    ['/a?token=', ['token=']]
  ])('of %s are %j', (target, parameters) => {
    expect(tokenParameters(target)).toEqual(parameters);
  });
});

describe('authorizesByToken', () => {
  it.each([
    ['token s', true],
    ['Bearer s', true],
    ['bearer  s ', true],
    ['token t', false],
    ['tokens', false],
    ['Basic s', false],
    ['s', false],
    ['', false]
  ])('finds Jupyter’s in "%s": %s', (authorization, expected) => {
    expect(authorizesByToken(authorization, ['s'])).toBe(expected);
  });
});
