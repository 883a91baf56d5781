import type { IConfiguration } from './channel';
import type { IScripts } from './fix/insertions';

/** What requests are carried by. */
export interface ISettings extends IConfiguration {
  scripts: IScripts;
}
