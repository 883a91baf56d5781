import type { Addresses } from './addresses';
import { type Change, onCall, onNew, onSet } from './hooks';

/** Correct the addresses that scripts give to functions of the browser. */
export function correctCalls(addresses: Addresses): void {
  const at =
    (index: number): Change =>
    args => {
      if (index in args) {
        args[index] = addresses.of(args[index]);
      }
    };
  const socket: Change = args => {
    args[0] = addresses.ofSocket(args[0]);
  };
  const css =
    (index: number): Change =>
    args => {
      if (index in args) {
        args[index] = addresses.ofCss(args[index]);
      }
    };

  onCall(window, 'fetch', request(addresses));
  onCall(window, 'open', at(0));
  onCall(XMLHttpRequest.prototype, 'open', at(1));
  onCall(Navigator.prototype, 'sendBeacon', at(0));
  onCall(History.prototype, 'pushState', at(2));
  onCall(History.prototype, 'replaceState', at(2));
  onNew('Request', request(addresses));
  onNew('WebSocket', socket);
  for (const name of ['EventSource', 'Worker', 'SharedWorker', 'Audio']) {
    onNew(name, at(0));
  }
  onNew('FontFace', css(1));
  onCall(CSSStyleSheet.prototype, 'insertRule', css(0));
  onCall(CSSStyleSheet.prototype, 'replace', css(0));
  onCall(CSSStyleSheet.prototype, 'replaceSync', css(0));
  onCall(CSSStyleDeclaration.prototype, 'setProperty', css(1));
  onSet(CSSStyleDeclaration.prototype, 'cssText', value =>
    addresses.ofCss(value)
  );
  if ('Worklet' in window) {
    onCall(Worklet.prototype, 'addModule', at(0));
  }
  if ('serviceWorker' in navigator) {
    onCall(ServiceWorkerContainer.prototype, 'register', (args, self) => {
      at(0)(args, self);
      const [, options] = args;
      if (
        typeof options === 'object' &&
        options !== null &&
        'scope' in options
      ) {
        args[1] = { ...options, scope: addresses.of(options.scope) };
      }
    });
  }
}

/** What `fetch` and `Request` take: an address or a request. */
function request(addresses: Addresses): Change {
  return args => {
    const [input] = args;
    if (!(input instanceof Request)) {
      if (args.length > 0) {
        args[0] = addresses.of(input);
      }
      return;
    }
    const path = addresses.path(input.url);
    if (path !== null) {
      args[0] = new Request(path, input);
    }
  };
}
