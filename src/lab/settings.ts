import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import {
  JSONExt,
  type PartialJSONObject,
  type PartialJSONValue
} from '@lumino/coreutils';

/**
 * Watch the setting `ports`.
 *
 * Jupyter Server drops the *whole* settings file if any of it breaks the schema,
 * without a word, and so would the registry. The schema on disk therefore
 * accepts anything as an entry, and the strict one, which makes the form mark
 * mistakes at their fields, is put in here: after the registry's own check.
 *
 * @param plugin - the plugin that owns the schema.
 * @param show - called with the raw setting, now and whenever it changes.
 * @returns a promise which rejects if the settings can't be loaded.
 */
export async function watchPorts(
  registry: ISettingRegistry,
  plugin: string,
  show: (ports: unknown) => void
): Promise<void> {
  registry.transform(plugin, { compose: withStrictSchema });
  const settings = await registry.load(plugin);
  const update = (): void => {
    show(settings.composite['ports']);
  };
  settings.changed.connect(update);
  update();
}

function withStrictSchema(
  plugin: ISettingRegistry.IPlugin
): ISettingRegistry.IPlugin {
  const { definitions, properties } = plugin.schema;
  const lenient = properties?.['ports'];
  if (lenient === undefined || !isObject(definitions)) {
    return plugin;
  }
  const strict = definitions['ports'];
  if (!isObject(strict)) {
    return plugin;
  }
  // The default may be an administrator's, from an overrides file.
  const ports = { ...strict, default: lenient.default ?? [] };
  const { data } = plugin;
  return {
    ...plugin,
    data: { ...data, composite: withDefaults(data.composite, strict) },
    schema: { ...plugin.schema, properties: { ...properties, ports } }
  };
}

/**
 * The form shows a default only for a field that is required, and what is
 * required must be there: what an entry leaves out is filled in for the form.
 */
function withDefaults(
  composite: PartialJSONObject,
  { items }: PartialJSONObject
): PartialJSONObject {
  const { ports } = composite;
  const fields = isObject(items) ? items['properties'] : undefined;
  if (!Array.isArray(ports) || !isObject(fields)) {
    return composite;
  }
  const defaults: PartialJSONObject = {};
  for (const [name, field] of Object.entries(fields)) {
    if (isObject(field) && field['default'] !== undefined) {
      defaults[name] = field['default'];
    }
  }
  const filled = ports.map(item =>
    isObject(item) ? { ...defaults, ...item } : item
  );
  return { ...composite, ports: filled };
}

function isObject(
  value: PartialJSONValue | undefined
): value is PartialJSONObject {
  return value !== undefined && JSONExt.isObject(value);
}
