import { spawn } from 'node:child_process';

import { waitUntil } from './wait';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

/** A program that a test has started, and that the test has to stop. */
export class Program {
  /**
   * @param name - what it is, for messages.
   * @param command - looked up on the PATH.
   * @param cwd - the folder that it works in.
   */
  constructor(
    private readonly _name: string,
    command: string,
    args: string[],
    env: NodeJS.ProcessEnv = process.env,
    cwd = process.cwd()
  ) {
    this._child = spawn(command, args, {
      cwd,
      env,
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
  async started(isReady: () => Promise<boolean>): Promise<void> {
    try {
      await waitUntil(
        () => {
          if (this._end !== null) {
            throw new Error(`${this._name} ${this._end}.`);
          }
          return isReady();
        },
        `${this._name} answers.`,
        START_TIMEOUT_MS
      );
    } catch (error) {
      await this.stop();
      throw new Error(`${String(error)}\nIts output:\n${this._output}`);
    }
  }

  /** End it, and wait until it has ended. */
  async stop(): Promise<void> {
    if (this._end !== null) {
      return;
    }
    const timer = setTimeout(() => {
      this._child.kill('SIGKILL');
    }, STOP_TIMEOUT_MS);
    this._child.kill('SIGTERM');
    await this._ended;
    clearTimeout(timer);
    if (this._child.signalCode === 'SIGKILL') {
      throw new Error(
        `${this._name} did not end within ${STOP_TIMEOUT_MS / 1000} s.\nIts output:\n${this._output}`
      );
    }
  }

  private readonly _child;
  private _output = '';
  private _end: string | null = null;
  private readonly _ended: Promise<void>;
}
