import { corrected, type IHome } from '../../protocol/home';

/**
 * The import map that lets modules of an app find each other: what they name by a path
 * from the root lies under the prefix. Of several keys that match, the longest counts.
 */
export function importMapOf(home: IHome): string {
  return inScript({ imports: ownImports(home) });
}

function ownImports({ prefix }: IHome): Record<string, string> {
  return { '/': `${prefix}/`, [`${prefix}/`]: `${prefix}/` };
}

/**
 * Correct an app's own import map.
 *
 * @param withOurs - whether ours is added to it: some browsers know one per page.
 * @returns `null` if it can't be read, which is the browser's to tell.
 */
export function fixedImportMap(
  text: string,
  home: IHome,
  withOurs: boolean
): string | null {
  try {
    const map: unknown = JSON.parse(text);
    return isRecord(map) ? inScript(corrections(map, home, withOurs)) : null;
  } catch {
    // It is no JSON, or goes deeper than can be written again.
    return null;
  }
}

function corrections(
  map: Record<string, unknown>,
  home: IHome,
  withOurs: boolean
): object {
  const { imports, scopes } = map;
  return {
    ...map,
    imports: {
      ...(withOurs && ownImports(home)),
      ...correctedImports(imports, home)
    },
    ...(isRecord(scopes) && {
      scopes: Object.fromEntries(
        Object.entries(scopes).map(([scope, value]) => [
          corrected(scope, home) ?? scope,
          correctedImports(value, home)
        ])
      )
    })
  };
}

/** By either name, since a module may be asked for by a path from the root or not. */
function correctedImports(
  imports: unknown,
  home: IHome
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(isRecord(imports) ? imports : {})) {
    const address =
      typeof value === 'string' ? (corrected(value, home) ?? value) : value;
    result[key] = address;
    result[corrected(key, home) ?? key] = address;
  }
  return result;
}

/** As JSON that can't end the script in which it stands. */
function inScript(value: object): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
