import { join } from 'node:path';

/** Where `tests/runner/apps.py` has installed the apps. */
const PROGRAMS = join(__dirname, '../../../../.test-output/real-apps/venv/bin');

/** The scripts of the apps. */
export const APPS = join(__dirname, '../apps');

/** A program of the apps' Python. */
export function installed(name: string): string {
  return join(PROGRAMS, name);
}

/** Run one of our scripts with the apps' Python. */
export function script(
  name: string,
  ...args: string[]
): { program: string; args: string[] } {
  return { program: installed('python'), args: [join(APPS, name), ...args] };
}
