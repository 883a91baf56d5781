import { noteActivity } from '../../src/sidecar/activity';
import { reportActivity } from '../../src/sidecar/channel';

jest.mock('../../src/sidecar/channel', () => ({ reportActivity: jest.fn() }));

test('activity is told at once, then once a second, and no more when it ends', () => {
  jest.useFakeTimers();
  noteActivity();
  expect(reportActivity).toHaveBeenCalledTimes(1);
  for (let piece = 0; piece < 1000; piece += 1) {
    noteActivity();
  }
  expect(reportActivity).toHaveBeenCalledTimes(1);
  jest.advanceTimersByTime(1000);
  expect(reportActivity).toHaveBeenCalledTimes(2);
  jest.advanceTimersByTime(60_000);
  expect(reportActivity).toHaveBeenCalledTimes(2);
  noteActivity();
  expect(reportActivity).toHaveBeenCalledTimes(3);
  jest.advanceTimersByTime(60_000);
  expect(reportActivity).toHaveBeenCalledTimes(3);
});
