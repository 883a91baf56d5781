interface IStoppable {
  stop(): Promise<void>;
}

/**
 * Stop what `beforeAll` starts, last first, whatever part of it was reached.
 *
 * @returns a function that takes what was started.
 */
export function stopAfterAll(): <T extends IStoppable>(started: T) => T {
  const running: IStoppable[] = [];
  afterAll(async () => {
    for (const program of running.reverse()) {
      await program.stop();
    }
  });
  return started => {
    running.push(started);
    return started;
  };
}
