// The hook that a NodeConfig names: whether it may be run. Apart from parsing, which depends on the manifests alone.
import type { ConfigProblem } from '#model/problem.ts';
import type { Position } from '#model/resources.ts';
import { hookFault } from './hook-fault.ts';
import { show } from './schema-issues.ts';
import type { NodeConfigSpec } from './schema-node-config.ts';

const path = 'spec.hooks.onChange';

/** An object error at the place of `onChange`. */
export function findHookFault(
  spec: NodeConfigSpec | null,
  fields: ReadonlyMap<string, Position>,
): readonly ConfigProblem[] {
  const hook = spec?.hooks?.onChange ?? '';
  const place = fields.get(path);
  const fault = hook === '' ? null : hookFault(hook);
  if (fault === null || !place) return [];
  const message = `${show(hook)} is not run: ${fault}`;
  return [{ ...place, code: 'LL-CFG-044', severity: 'error', scope: 'object', path, message, hint: '' }];
}
