import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

/** JupyterLab's own command; Notebook 7 has it as well. */
const OPEN_SETTINGS = 'settingeditor:open';

/**
 * Says what is wrong in the settings: once, and only while it is wrong. There is
 * one notice, so that a broken file doesn't fill the screen; the form in the
 * Settings Editor marks each mistake at its field.
 */
export class SettingsNotice {
  constructor(
    private readonly _commands: CommandRegistry,
    private readonly _trans: TranslationBundle
  ) {}

  /** @param problems - whole sentences. */
  show(problems: string[]): void {
    const message = this._message(problems);
    if (message === this._shown) {
      return;
    }
    this._shown = message;
    if (this._id !== null) {
      Notification.dismiss(this._id);
      this._id = null;
    }
    if (message !== '') {
      this._id = Notification.warning(message, {
        autoClose: false,
        actions: this._actions()
      });
    }
  }

  private _message([first, ...others]: string[]): string {
    if (first === undefined) {
      return '';
    }
    return others.length === 0
      ? first
      : this._trans._n(
          '%2 (And %1 more mistake.)',
          '%2 (And %1 more mistakes.)',
          others.length,
          first
        );
  }

  private _actions(): Notification.IAction[] {
    if (!this._commands.hasCommand(OPEN_SETTINGS)) {
      return [];
    }
    const label = this._trans.__('Open Settings');
    const args = { query: 'Web Apps' };
    return [
      {
        label,
        callback: () => void this._commands.execute(OPEN_SETTINGS, args)
      }
    ];
  }

  private _id: string | null = null;
  private _shown = '';
}
