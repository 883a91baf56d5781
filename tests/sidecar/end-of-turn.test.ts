import { atEndOfTurn } from '../../src/sidecar/end-of-turn';

/** Wait until this turn of the event loop is over, with all that was put at its end. */
function nextTurn(): Promise<void> {
  return new Promise(setImmediate);
}

describe('atEndOfTurn', () => {
  it('acts in the order of the calls, after all else of this turn', async () => {
    const events: string[] = [];
    atEndOfTurn(() => events.push('first'));
    process.nextTick(() => {
      events.push('tick');
      atEndOfTurn(() => events.push('last'));
    });
    atEndOfTurn(() => events.push('second'));
    events.push('now');
    await nextTurn();
    expect(events).toEqual(['now', 'tick', 'first', 'second', 'last']);
  });

  it('acts at the next one on what an action asks for', async () => {
    const events: string[] = [];
    const again = (count: number): void => {
      events.push(`turn ${count}`);
      if (count < 3) {
        atEndOfTurn(() => {
          again(count + 1);
        });
      }
    };
    again(0);
    atEndOfTurn(() => events.push('once'));
    while (!events.includes('turn 3')) {
      await nextTurn();
    }
    expect(events).toEqual(['turn 0', 'turn 1', 'once', 'turn 2', 'turn 3']);
  });

  it('acts once for each call', async () => {
    let count = 0;
    const action = (): void => {
      count += 1;
    };
    atEndOfTurn(action);
    atEndOfTurn(action);
    await nextTurn();
    await nextTurn();
    expect(count).toBe(2);
  });
});
