import { addressKind, replaceAddresses } from '../../src/protocol/addresses';

/** Puts what begins with a slash under `~`. */
const under = (address: string): string | null =>
  address.startsWith('/') ? `~${address}` : null;

describe('addressKind', () => {
  it.each([
    ['a', 'href', 'address'],
    ['img', 'src', 'address'],
    ['form', 'action', 'address'],
    ['button', 'formaction', 'address'],
    ['video', 'poster', 'address'],
    ['body', 'background', 'address'],
    ['use', 'xlink:href', 'address'],
    ['object', 'data', 'address'],
    ['img', 'srcset', 'srcset'],
    ['link', 'imagesrcset', 'srcset'],
    ['p', 'style', 'css'],
    ['iframe', 'srcdoc', 'document'],
    ['meta', 'content', 'refresh'],
    ['a', 'ping', 'addresses'],
    ['redoc', 'spec-url', 'address']
  ])('of <%s %s> is %s', (element, attribute, kind) => {
    expect(addressKind(element, attribute)).toBe(kind);
  });

  it.each([
    ['a', 'title'],
    ['p', 'data'],
    ['p', 'content'],
    ['p', 'srcdoc'],
    ['p', 'data-src'],
    ['p', 'constructor'],
    ['constructor', 'data'],
    ['__proto__', 'data'],
    ['toString', 'content'],
    ['p', '']
  ])('of <%s %s> is none', (element, attribute) => {
    expect(addressKind(element, attribute)).toBeUndefined();
  });
});

describe('replaceAddresses', () => {
  it.each([
    ['address', '/x', '~/x'],
    ['srcset', '/a 1x, /b 2x', '~/a 1x, ~/b 2x'],
    ['css', 'background:url(/x)', 'background:url(~/x)'],
    ['addresses', ' /a b /c ', ' ~/a b ~/c '],
    ['refresh', '0;url=/x', '0;url=~/x'],
    ['refresh', ' 0.5 , URL = "/x"', ' 0.5 , URL = "~/x"'],
    ['refresh', "5; url='/x' z", "5; url='~/x' z"],
    ['refresh', '5;/x', '5;~/x']
  ] as const)('of %s replaces in %j', (kind, value, expected) => {
    expect(replaceAddresses(kind, value, under)).toBe(expected);
  });

  it.each([
    ['address', 'x'],
    ['address', ''],
    ['srcset', 'a 1x'],
    ['css', 'color:red'],
    ['addresses', 'a b'],
    ['refresh', '5'],
    ['refresh', '5;url=x'],
    ['refresh', 'width=device-width, /x']
  ] as const)('of %s replaces nothing in %j', (kind, value) => {
    expect(replaceAddresses(kind, value, under)).toBeNull();
  });
});
