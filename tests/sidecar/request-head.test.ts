import { Socket } from 'node:net';

import {
  isNavigation,
  isRepeatable,
  SAFE_METHODS
} from '../../src/sidecar/request-head';

const socket = new Socket();

describe('isNavigation', () => {
  it.each<[rawHeaders: string[], expected: boolean]>([
    [['Sec-Fetch-Mode', 'navigate', 'Accept', '*/*'], true],
    [['sec-fetch-mode', 'navigate'], true],
    [['Sec-Fetch-Mode', 'cors', 'Accept', 'text/html'], false],
    [['Accept', 'text/html,application/xhtml+xml;q=0.9'], true],
    [['ACCEPT', 'application/json, TEXT/HTML'], true],
    [['Accept', 'text/htmlx'], false],
    [['Accept', '*/*'], false],
    [['X-Accept', 'text/html'], false],
    [[], false]
  ])('of %j is %s', (rawHeaders, expected) => {
    expect(isNavigation({ rawHeaders, socket })).toBe(expected);
  });
});

describe('isRepeatable', () => {
  it.each([
    ['GET', true],
    ['HEAD', true],
    ['POST', false],
    ['DELETE', false],
    ['PUT', false],
    ['get', false],
    [undefined, false]
  ])('of %s is %s', (method, expected) => {
    expect(isRepeatable({ method, rawHeaders: [], socket })).toBe(expected);
  });
});

describe('the safe methods', () => {
  it('are those that change nothing', () => {
    expect([...SAFE_METHODS].sort()).toEqual(['GET', 'HEAD', 'OPTIONS']);
  });
});
