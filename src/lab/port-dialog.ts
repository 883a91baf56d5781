import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { readAddress, type IAddress } from './address';
import { PortholeError } from './errors';
import type { NamedApps } from './named-apps';

/**
 * Ask which port to open; the address of a named app will do as well. What can't be opened can't be accepted either: the
 * dialog says why beside the field, and keeps what was typed.
 *
 * @returns `null` if the person thought better of it.
 */
export async function askPort(
  jupyter: URL,
  apps: NamedApps,
  trans: TranslationBundle
): Promise<IAddress | null> {
  const body = new PortField(jupyter, apps, trans);
  const dialog = new Dialog({
    title: trans.__('Open a Port'),
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Open') })
    ],
    focusNodeSelector: 'input'
  });
  const answer = dialog.launch();
  // Dialogs look for invalid fields on input events only: an empty field would
  // be accepted.
  void dialog.ready.then(() => {
    body.announce();
  });
  return (await answer).value;
}

/** The body of the dialog: one text field, help, and what is wrong. */
class PortField extends Widget implements Dialog.IBodyWidget<IAddress | null> {
  constructor(
    private readonly _jupyter: URL,
    private readonly _apps: NamedApps,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Porthole-portField');
    const label = document.createElement('label');
    label.textContent = _trans.__('Port or address');
    label.htmlFor = this._input.id = 'jp-Porthole-port';
    this._input.type = 'text';
    this._input.className = 'jp-mod-styled';
    this._input.placeholder = '8501';
    this._input.autocomplete = 'off';
    this._input.spellcheck = false;
    const help = document.createElement('p');
    help.id = 'jp-Porthole-portHelp';
    help.className = 'jp-Porthole-portHelp';
    help.textContent = _trans.__(
      'The port that the app listens on, or the address that it printed, such as http://localhost:8501/.'
    );
    this._problem.id = 'jp-Porthole-portProblem';
    this._problem.className = 'jp-Porthole-portProblem';
    this._problem.setAttribute('aria-live', 'polite');
    this._input.setAttribute(
      'aria-describedby',
      `${help.id} ${this._problem.id}`
    );
    this.node.append(label, this._input, help, this._problem);
  }

  /** Called when the person accepts, which only a readable text lets them. */
  getValue(): IAddress | null {
    return this._read();
  }

  /** Make the dialog look at the field. */
  announce(): void {
    this._input.dispatchEvent(new Event('input', { bubbles: true }));
  }

  /**
   * The dialog looks at its fields in the capture phase of the document, so the
   * field has to be judged before that: at the window.
   */
  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    window.addEventListener('input', this._onInput, true);
  }

  protected override onBeforeDetach(message: Message): void {
    window.removeEventListener('input', this._onInput, true);
    super.onBeforeDetach(message);
  }

  private readonly _onInput = (event: Event): void => {
    if (event.target === this._input) {
      this._read();
    }
  };

  private _read(): IAddress | null {
    let address: IAddress | null = null;
    let problem = '';
    try {
      address = readAddress(
        this._input.value,
        this._jupyter,
        this._trans,
        this._apps.list
      );
    } catch (error) {
      if (!(error instanceof PortholeError)) {
        throw error;
      }
      problem = error.message;
    }
    this._input.setCustomValidity(problem);
    const started = this._input.value.trim() !== '';
    this._input.setAttribute('aria-invalid', String(started && problem !== ''));
    this._problem.textContent = started ? problem : '';
    return address;
  }

  private readonly _input = document.createElement('input');
  private readonly _problem = document.createElement('p');
}
