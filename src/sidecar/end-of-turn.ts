let actions: (() => void)[] = [];

/**
 * Act at the end of this turn of the event loop, in the order of the calls.
 *
 * For writes: when those of one turn leave one right after the other, a process that
 * reads them is still awake for the second. Waking it for each costs more than all
 * that is done for a request here (16,000 requests/s, not 22,000).
 */
export function atEndOfTurn(action: () => void): void {
  if (actions.push(action) === 1) {
    setImmediate(act);
  }
}

function act(): void {
  const due = actions;
  actions = [];
  for (const action of due) {
    action();
  }
}
