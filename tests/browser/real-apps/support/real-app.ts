import type { BrowserContext, Frame } from 'playwright-core';

/** Where an app is started. */
export interface IPlace {
  /** The port to listen on, on localhost. */
  port: number;
  /** An empty folder to work in, which is its home, too. */
  folder: string;
}

/** A command that starts an app, at its default flags. */
export interface ICommand {
  /** A file, or a name that is looked up on the PATH. */
  program: string;
  args: string[];
  /** Variables beside those that all programs have. */
  env?: NodeJS.ProcessEnv;
}

/** An app of somebody else, as its own documentation starts it. */
export interface IRealApp {
  name: string;
  /** What it takes to be shown under a prefix, for the title of its test. */
  needs: string;
  /** The port that it listens on; a free one by default. */
  port?: number;
  /** Below its address, without a slash at the beginning; its first page by default. */
  path?: string;
  /** What starts it, when all files that it needs are there. */
  command(place: IPlace): ICommand | Promise<ICommand>;
  /** Serve what its pages fetch from elsewhere. */
  prepare?(context: BrowserContext): Promise<void>;
  /**
   * Use it as a person does, and see that it answers.
   *
   * @param frame - where its page is being loaded: a page's or JupyterLab's.
   */
  use(frame: Frame, place: IPlace): Promise<void>;
  /** What its pages write to the console as errors when nothing is between, too. */
  expectedErrors?: RegExp;
}
