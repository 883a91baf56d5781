/**
 * The path of an app's cookie as it comes to lie under the app's prefix.
 *
 * @param path - that which the app gave it; the empty string for none.
 */
export function confinedPath(path: string, prefix: string): string {
  if (path === prefix || path.startsWith(`${prefix}/`)) {
    return path;
  }
  // Without a path of its own a cookie gets the folder of the page, which need
  // not be the app's root: `Path=` says as much as `Path=/`.
  return path.startsWith('/') && path !== '/' ? prefix + path : prefix || '/';
}
