import {
  addressKind,
  replaceAddresses,
  type Replace
} from '../protocol/addresses';
import { replaceInCss } from '../protocol/css';
import { corrected, type IHome } from '../protocol/home';
import type { CorrectAttribute } from '../protocol/markup';

/** Corrects addresses of the kinds that scripts use. */
export class Addresses {
  constructor(private readonly home: IHome) {}

  /** A path, or `null` if the address is right as it is. */
  readonly path: Replace = address => corrected(address, this.home);

  /**
   * What a call names by an address: a text, a URL, or something that becomes a text.
   *
   * @returns the same if it is right.
   */
  of(value: unknown): unknown {
    return (isTextual(value) ? this.path(String(value)) : null) ?? value;
  }

  /** The same for a WebSocket, which older browsers open by whole addresses only. */
  ofSocket(value: unknown): unknown {
    const path = this.of(value);
    return path === value || typeof path !== 'string'
      ? value
      : new URL(path, self.origin.replace(/^http/, 'ws')).href;
  }

  /** A style sheet's text, or declarations. */
  ofCss(value: unknown): unknown {
    return typeof value === 'string'
      ? (replaceInCss(value, this.path) ?? value)
      : value;
  }

  /** The value of an attribute. */
  readonly ofAttribute: CorrectAttribute = (element, name, value) => {
    const kind = addressKind(element, name.toLowerCase());
    if (kind === undefined || kind === 'document' || kind === 'refresh') {
      return null;
    }
    return replaceAddresses(kind, value, this.path);
  };
}

/** What stands for its text as an address: `[object Object]` is none. */
function isTextual(value: unknown): boolean {
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  return ['String', 'URL', 'TrustedScriptURL'].includes(kind);
}
