/**
 * What a person asked for can't be done, for a reason that they can act on.
 *
 * Its message is a whole sentence in their language: it is shown as it is.
 */
export class PortholeError extends Error {
  override name = 'PortholeError';
}
