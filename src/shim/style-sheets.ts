import type { Addresses } from './addresses';

/**
 * Correct the addresses in style sheets that are loaded. (They are asked for by the
 * browser itself: where there is no service worker, the wrong ones have been asked for.)
 */
export function correctStyleSheets(addresses: Addresses): void {
  const correct = ({ target }: Event): void => {
    if (target instanceof HTMLLinkElement && target.sheet !== null) {
      correctRules(target.sheet, addresses);
    }
  };
  document.addEventListener('load', correct, { capture: true });
  // One that imports another in vain is there all the same.
  document.addEventListener('error', correct, { capture: true });
}

function correctRules(
  sheet: CSSStyleSheet | CSSGroupingRule,
  addresses: Addresses
): void {
  for (const rule of rulesOf(sheet)) {
    if (rule instanceof CSSImportRule && rule.styleSheet !== null) {
      correctRules(rule.styleSheet, addresses);
    } else if (rule instanceof CSSGroupingRule) {
      correctRules(rule, addresses);
    }
    const style: unknown = Reflect.get(rule, 'style');
    if (
      style instanceof CSSStyleDeclaration &&
      style.cssText.includes('url(')
    ) {
      for (const name of Array.from(style)) {
        const value = style.getPropertyValue(name);
        const fixed = addresses.ofCss(value);
        if (fixed !== value) {
          style.setProperty(name, value, style.getPropertyPriority(name));
        }
      }
    }
  }
}

function rulesOf(sheet: CSSStyleSheet | CSSGroupingRule): CSSRule[] {
  try {
    return Array.from(sheet.cssRules);
  } catch (error) {
    if (error instanceof DOMException) {
      // It is another site's, which nobody may read.
      return [];
    }
    throw error;
  }
}
