// Where a NodeConfig says a setting: the places of its values, by the paths that `config show` prints.
import type { Position } from '#model/resources.ts';
import type { NodeConfigSpec } from './schema-node-config.ts';

const prefix = 'spec.';

/** `election.mode` → place. Without what is written as null: that is the default; so is an empty name of the node. */
export function settingPlaces(
  spec: NodeConfigSpec | null,
  fields: ReadonlyMap<string, Position>,
): ReadonlyMap<string, Position> {
  const places = new Map<string, Position>();
  for (const [path, position] of fields) {
    if (!path.startsWith(prefix) || path.includes('[')) continue;
    const setting = path.slice(prefix.length);
    const value = valueAt(spec, setting);
    if (value === null || value === undefined || (setting === 'node.name' && value === '')) continue;
    places.set(setting, position);
  }
  return places;
}

function valueAt(spec: NodeConfigSpec | null, path: string): unknown {
  let value: unknown = spec;
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return value;
}
