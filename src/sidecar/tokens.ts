/** What Jupyter takes for blanks within a value (`RequestHandler._get_arguments`). */
// eslint-disable-next-line no-control-regex -- control characters are the point
const CONTROL = /[\x00-\x08\x0e-\x1f]/g;

/** The parameters of a request target's query, as they stand there. */
function parametersOf(target: string): string[] {
  const question = target.indexOf('?');
  return question < 0 ? [] : target.slice(question + 1).split('&');
}

/**
 * The value of a parameter that Jupyter would read as `token`, however it is
 * spelled (`%74oken=…`); `null` for all other parameters.
 */
function tokenIn(parameter: string): string | null {
  if (!parameter.startsWith('token=') && !/^[^=]*%/.test(parameter)) {
    return null;
  }
  const value = new URLSearchParams(parameter).get('token');
  return value?.replace(CONTROL, ' ').trim() ?? null;
}

/** The parameters by which somebody may log in, as they stand in the target. */
export function tokenParameters(target: string): string[] {
  return parametersOf(target).filter(parameter => tokenIn(parameter) !== null);
}

/**
 * Take Jupyter's tokens out of the query of a target or an address.
 *
 * @returns the target; whatever else it holds stays byte for byte.
 */
export function withoutTokens(
  target: string,
  tokens: readonly string[]
): string {
  const parameters = parametersOf(target);
  const kept = parameters.filter(parameter => {
    const token = tokenIn(parameter);
    return token === null || !tokens.includes(token);
  });
  if (kept.length === parameters.length) {
    return target;
  }
  const path = target.slice(0, target.indexOf('?'));
  return kept.length === 0 ? path : `${path}?${kept.join('&')}`;
}

/** Whether an `Authorization` field is one of Jupyter's tokens. */
export function authorizesByToken(
  authorization: string,
  tokens: readonly string[]
): boolean {
  const token = /^\s*(?:token|bearer)\s+(.+)$/i.exec(authorization)?.[1];
  return token !== undefined && tokens.includes(token.trim());
}
