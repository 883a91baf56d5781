type Undo = () => void | Promise<void>;

const undos: Undo[] = [];

/** Do this when the test is over, the last thing first. */
export function afterwards(undo: Undo): void {
  undos.push(undo);
}

afterEach(async () => {
  for (const undo of undos.splice(0).reverse()) {
    await undo();
  }
});
