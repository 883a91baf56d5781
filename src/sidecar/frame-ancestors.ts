/**
 * Let JupyterLab show a page in a tab, which is a frame, although the page forbids all
 * frames (Django's do by default). The tab is of the page's own origin, which can read
 * and change the page anyway; what other sites may do stays as it is.
 *
 * @returns the field's value for the client.
 */
export function withOwnFrames(lowerName: string, value: string): string {
  switch (lowerName) {
    case 'x-frame-options':
      return /^\s*deny\s*$/i.test(value) ? 'SAMEORIGIN' : value;
    case 'content-security-policy':
      return value.replace(
        /(^|[;,])(\s*frame-ancestors)(?![^\s;,])([^;,]*)/gi,
        (_whole, before: string, name: string, sources: string) =>
          before + name + withSelf(sources)
      );
    default:
      return value;
  }
}

function withSelf(sources: string): string {
  if (/(?:^|\s)(?:'self'|\*)(?=\s|$)/i.test(sources)) {
    return sources;
  }
  const others = sources.replace(/(^|\s)'none'(?=\s|$)/i, '').trim();
  return others === '' ? " 'self'" : ` 'self' ${others}`;
}
