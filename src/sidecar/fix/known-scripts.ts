/**
 * Pages that name the app's addresses in a script only: libraries that show the
 * documentation of an interface, by the name of their file. FastAPI's `/docs` is one.
 */
const KNOWN_SCRIPTS = /\/(?:swagger-ui-bundle|redoc\.standalone|scalar)\b/i;

/** How the script that starts such a library names the address of what it documents. */
const ADDRESS_IN_SCRIPT = /["']?\b(?:spec)?url["']?\s*:\s*(["'])([^"']+)\1/gi;

/** Whether an address is that of a script that is known. */
export function isKnownScript(address: string): boolean {
  return KNOWN_SCRIPTS.test(address);
}

/** The addresses that a script names which starts a library that is known. */
export function addressesInScript(text: string): string[] {
  return Array.from(
    text.matchAll(ADDRESS_IN_SCRIPT),
    ([, , address = '']) => address
  );
}
