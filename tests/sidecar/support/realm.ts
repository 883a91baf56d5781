/*
 * Jest gives tests globals of their own, so that Node's own errors are no
 * instances of the `Error` that they see. Outside of Jest there is one only.
 */
const isInstance = (type: object, value: unknown): boolean =>
  Function.prototype[Symbol.hasInstance].call(type, value);

Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: object, value: unknown): boolean {
    return (
      isInstance(this, value) ||
      (this === Error &&
        Object.prototype.toString.call(value) === '[object Error]')
    );
  }
});
