import { readdir, readFile } from 'node:fs/promises';

/** A process of this machine. */
export interface IProcess {
  pid: number;
  /** Its command line. */
  command: string;
}

/**
 * Find the processes that were started with some home directory, whatever has
 * become of their parents, groups and sessions. Linux only.
 */
export async function processesAtHome(home: string): Promise<IProcess[]> {
  const found: IProcess[] = [];
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (pid > 0 && (await variables(pid)).includes(`HOME=${home}`)) {
      const parts = await readParts(`/proc/${pid}/cmdline`);
      found.push({ pid, command: parts.join(' ').trim() });
    }
  }
  return found;
}

/** The environment of a process; none if it has ended. */
function variables(pid: number): Promise<string[]> {
  return readParts(`/proc/${pid}/environ`);
}

/** The parts of a file of `/proc`; none if its process has ended or is another user's. */
async function readParts(file: string): Promise<string[]> {
  try {
    return (await readFile(file, 'utf8')).split('\0');
  } catch {
    return [];
  }
}
