import { reportActivity } from './channel';

/** How often Jupyter is told, in milliseconds, as long as there is something to tell. */
const REPORT_INTERVAL_MS = 1000;

let timer: NodeJS.Timeout | null = null;
let isUntold = false;

/**
 * Take note of something that a person's use of an app causes. Jupyter, which is ended
 * when it has been idle for long, learns of it at once, and then once a second.
 */
export function noteActivity(): void {
  if (timer !== null) {
    isUntold = true;
    return;
  }
  isUntold = false;
  reportActivity();
  timer = setTimeout(() => {
    timer = null;
    if (isUntold) {
      noteActivity();
    }
  }, REPORT_INTERVAL_MS).unref();
}
