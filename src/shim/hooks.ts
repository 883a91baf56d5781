/** Changes the arguments of a call in place. */
export type Change = (args: unknown[], self: unknown) => void;

/** Have the arguments of all calls of a function changed, unless the browser has none. */
export function onCall(owner: object, name: string, change: Change): void {
  wrap(owner, name, (call, args, self) => {
    change(args, self);
    return call();
  });
}

/** Have what a function returns looked at. */
export function onReturn(
  owner: object,
  name: string,
  look: (result: unknown) => void
): void {
  wrap(owner, name, call => {
    const result = call();
    look(result);
    return result;
  });
}

/** Have something stand around all calls of a function, unless the browser has none. */
function wrap(
  owner: object,
  name: string,
  around: (call: () => unknown, args: unknown[], self: unknown) => unknown
): void {
  const native: unknown = Reflect.get(owner, name);
  if (typeof native === 'function') {
    put(owner, name, {
      value: new Proxy(native, {
        apply(target, self, args: unknown[]): unknown {
          return around(() => Reflect.apply(target, self, args), args, self);
        }
      })
    });
  }
}

/** Have the arguments of all calls of a constructor changed. */
export function onNew(name: string, change: Change): void {
  const native: unknown = Reflect.get(window, name);
  if (typeof native === 'function') {
    put(window, name, {
      value: new Proxy(native, {
        construct(target, args: unknown[], newTarget): object {
          change(args, null);
          return Reflect.construct(target, args, newTarget) as object;
        }
      })
    });
  }
}

/** Have what is set to a property changed. */
export function onSet(
  prototype: object,
  name: string,
  change: (value: unknown, self: unknown) => unknown
): void {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name) ?? {};
  const native: unknown = Reflect.get(descriptor, 'set');
  if (typeof native === 'function') {
    put(prototype, name, {
      set(this: unknown, value: unknown) {
        Reflect.apply(native, this, [change(value, this)]);
      }
    });
  }
}

/** All else about a property stays. */
function put(owner: object, name: string, part: PropertyDescriptor): void {
  const descriptor = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { ...descriptor, ...part });
}
