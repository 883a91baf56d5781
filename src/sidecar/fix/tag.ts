import { type IHome, isElsewhere } from '../../protocol/home';
import { decodedValue, type IAttribute } from './attributes';
import type { PageText } from './page-text';

/** A start tag with those of its attributes that matter. */
export interface ITag {
  /** In lower case; the empty string if nothing depends on it. */
  element: string;
  start: number;
  end: number;
  attributes: readonly IAttribute[];
}

/** Elements that a head consists of. */
export const IN_HEAD: ReadonlySet<string> = new Set([
  'html',
  'head',
  'meta',
  'base',
  'title',
  'link',
  'noscript',
  'script',
  'style',
  'template'
]);

/** The value of an attribute as it is written; the empty string if there is none. */
export function valueOf(
  { attributes }: ITag,
  name: string,
  page: PageText
): string {
  const found = attributes.find(attribute => attribute.name === name);
  return found === undefined ? '' : page.slice(found.start, found.end);
}

/** Whether paths from the root are those of another host from this tag on. */
export function leadsElsewhere(
  tag: ITag,
  page: PageText,
  home: IHome
): boolean {
  return (
    tag.element === 'base' &&
    isElsewhere(decodedValue(valueOf(tag, 'href', page)), home)
  );
}
