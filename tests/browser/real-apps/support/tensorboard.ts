import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { installed, script } from './places';
import type { IRealApp } from './real-app';

export const TENSORBOARD: IRealApp = {
  name: 'TensorBoard',
  needs: 'the fonts of its page fixed',
  async command({ port, folder }) {
    const runs = join(folder, 'runs');
    const { program, args } = script('write_events.py', runs);
    await promisify(execFile)(program, args);
    return {
      program: installed('tensorboard'),
      args: [`--logdir=${runs}`, `--port=${port}`]
    };
  },
  async use(frame) {
    const card = (tag: string) =>
      frame.locator('scalar-card', { hasText: tag });
    await card('loss').locator('svg path').first().waitFor();
    await card('accuracy').waitFor();
    await frame.getByText('second', { exact: true }).first().waitFor();
    await frame.getByRole('combobox', { name: 'Filter tags' }).fill('loss');
    await card('accuracy').waitFor({ state: 'hidden' });
    await card('loss').locator('svg path').first().waitFor();
  }
};
