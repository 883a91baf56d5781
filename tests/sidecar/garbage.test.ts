import { passed, tidyWhenIdle } from '../../src/sidecar/garbage';

describe('garbage', () => {
  /** Node has this function with `--expose-gc` only, which jest is not started with. */
  const collect = jest.fn();

  beforeEach(() => {
    collect.mockClear();
    globalThis.gc = collect as typeof globalThis.gc;
  });

  afterEach(() => {
    globalThis.gc = undefined;
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('is cleared after every 8 MiB that have passed', () => {
    for (let piece = 0; piece < 8 * 16 * 3; piece += 1) {
      passed(64 * 1024);
    }
    expect(collect.mock.calls).toEqual(
      Array.from({ length: 3 }, () => [{ type: 'minor' }])
    );
  });

  it('is given back once when there is nothing to do any more', () => {
    jest.useFakeTimers();
    let used = 0;
    jest.spyOn(process, 'cpuUsage').mockImplementation(previous => ({
      user: used - (previous?.user ?? 0),
      system: 0
    }));
    tidyWhenIdle();
    jest.advanceTimersByTime(60_000);
    expect(collect).not.toHaveBeenCalled();
    used += 1_000_000;
    jest.advanceTimersByTime(5000);
    expect(collect).not.toHaveBeenCalled();
    jest.advanceTimersByTime(60_000);
    expect(collect.mock.calls).toEqual([
      [{ type: 'major', execution: 'sync', flavor: 'last-resort' }]
    ]);
  });
});
