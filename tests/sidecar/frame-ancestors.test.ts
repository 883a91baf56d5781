import { withOwnFrames } from '../../src/sidecar/frame-ancestors';

describe('withOwnFrames', () => {
  it.each([
    ['DENY', 'SAMEORIGIN'],
    [' deny ', 'SAMEORIGIN'],
    ['SAMEORIGIN', 'SAMEORIGIN'],
    ['ALLOWALL', 'ALLOWALL']
  ])('makes of X-Frame-Options: %s %s', (value, expected) => {
    expect(withOwnFrames('x-frame-options', value)).toBe(expected);
  });

  it.each([
    ["frame-ancestors 'none'", "frame-ancestors 'self'"],
    ["frame-ancestors 'NONE';", "frame-ancestors 'self';"],
    [
      "default-src 'self'; frame-ancestors https://a.example; img-src *",
      "default-src 'self'; frame-ancestors 'self' https://a.example; img-src *"
    ],
    ["Frame-Ancestors 'none', x", "Frame-Ancestors 'self', x"],
    ['frame-ancestors', "frame-ancestors 'self'"]
  ])('lets pages of this origin frame it: %s', (value, expected) => {
    expect(withOwnFrames('content-security-policy', value)).toBe(expected);
  });

  it.each([
    "frame-ancestors 'self' https://a.example",
    'frame-ancestors *',
    "default-src 'none'",
    "img-src https://frame-ancestors.example 'none'",
    'frame-ancestors-of x',
    ''
  ])('leaves a policy as it is: %s', value => {
    expect(withOwnFrames('content-security-policy', value)).toBe(value);
  });

  it('leaves other fields as they are', () => {
    expect(withOwnFrames('x-other', 'DENY')).toBe('DENY');
  });
});
