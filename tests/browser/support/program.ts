import { spawn } from 'node:child_process';

import { waitUntil } from './wait';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const FOREIGN_STOP_TIMEOUT_MS = 5_000;

export interface IProgramOptions {
  env?: NodeJS.ProcessEnv;
  /** The folder that it works in. */
  cwd?: string;
  /** Whether it is somebody else's, which ends as it likes, with what it has started. */
  isForeign?: boolean;
}

/** A program that a test has started, and that the test has to stop. */
export class Program {
  /**
   * @param name - what it is, for messages.
   * @param command - looked up on the PATH.
   */
  constructor(
    private readonly _name: string,
    command: string,
    args: string[],
    { env = process.env, cwd, isForeign = false }: IProgramOptions = {}
  ) {
    this._isForeign = isForeign;
    this._child = spawn(command, args, {
      cwd,
      env,
      // In a group of its own, it can be ended with what it has started.
      detached: isForeign,
      stdio: ['ignore', 'pipe', 'pipe']
    });
    for (const stream of [this._child.stdout, this._child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        this._output += text;
      });
    }
    this._ended = new Promise(resolve => {
      this._child.once('error', error => {
        this._end = String(error);
        resolve();
      });
      // Not `close`: a kernel of a Jupyter that has died may keep its output open.
      this._child.once('exit', (code, signal) => {
        this._end ??= `ended with ${signal ?? `exit status ${String(code)}`}`;
        resolve();
      });
    });
  }

  /** All that it has written. */
  get output(): string {
    return this._output;
  }

  /** Wait until it does its work; it is stopped if that fails. */
  async started(
    isReady: () => Promise<boolean>,
    timeoutMs = START_TIMEOUT_MS
  ): Promise<void> {
    try {
      await waitUntil(
        () => {
          if (this._end !== null) {
            throw new Error(`${this._name} ${this._end}.`);
          }
          return isReady();
        },
        `${this._name} answers.`,
        timeoutMs
      );
    } catch (error) {
      await this.stop();
      throw new Error(`${String(error)}\nIts output:\n${this._output}`);
    }
  }

  /** End it, and wait until it has ended. */
  async stop(): Promise<void> {
    if (this._end !== null) {
      this._killRest();
      return;
    }
    const timer = setTimeout(
      () => {
        this._child.kill('SIGKILL');
      },
      this._isForeign ? FOREIGN_STOP_TIMEOUT_MS : STOP_TIMEOUT_MS
    );
    this._child.kill('SIGTERM');
    await this._ended;
    clearTimeout(timer);
    this._killRest();
    if (this._child.signalCode === 'SIGKILL' && !this._isForeign) {
      throw new Error(
        `${this._name} did not end within ${STOP_TIMEOUT_MS / 1000} s.\nIts output:\n${this._output}`
      );
    }
  }

  /** End what it has started and left behind. */
  private _killRest(): void {
    const { pid } = this._child;
    if (!this._isForeign || pid === undefined) {
      return;
    }
    try {
      process.kill(-pid, 'SIGKILL');
    } catch (error) {
      // ESRCH: nothing is left.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
        throw error;
      }
    }
  }

  private readonly _isForeign: boolean;
  private readonly _child;
  private _output = '';
  private _end: string | null = null;
  private readonly _ended: Promise<void>;
}
