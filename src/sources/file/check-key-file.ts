// Files that a NodeConfig names: the hook, and the key of hellos. They change without the manifest.
import { readFileSync, type Stats, statSync } from 'node:fs';
import { helloKeyFault } from '#core/hello-key-fault.ts';
import type { ConfigProblem } from '#model/problem.ts';
import type { Position } from '#model/resources.ts';
import { show } from './schema-issues.ts';
import type { NodeConfigSpec } from './schema-node-config.ts';

const path = 'spec.election.hello.keyFile';

/** The key of hellos as this user sees it: whether it can be one, at the place of `keyFile`. None is read by the wrong user. */
export function findKeyFault(
  spec: NodeConfigSpec | null,
  fields: ReadonlyMap<string, Position>,
): readonly ConfigProblem[] {
  const file = spec?.election?.hello?.keyFile ?? '';
  const place = fields.get(path);
  if (file === '' || !place) return [];
  const fault = faultOf(file);
  if (fault === null) return [];
  const { severity, what, hint } = fault;
  const message = `election.hello.keyFile ${show(file)} ${what}`;
  return [{ ...place, code: 'LL-CFG-047', severity, scope: 'object', path, message, hint }];
}

interface Fault {
  readonly severity: ConfigProblem['severity'];
  readonly what: string;
  readonly hint: string;
}

const noHello = 'without it the daemon says no hello and believes none';

function faultOf(file: string): Fault | null {
  let found: Stats;
  try {
    found = statSync(file);
  } catch (error) {
    return unreachable(codeOf(error));
  }
  if (!found.isFile()) return { severity: 'error', what: 'is not a file', hint: noHello };
  // Somebody else's file by mistake may be of any size: judged before it is read.
  const what = helloKeyFault(file, found, found.size) ?? helloKeyFault(file, found, keyBytes(file) ?? found.size);
  if (what !== null) return { severity: 'error', what, hint: noHello };
  if (file.startsWith('/')) return null;
  const hint = 'write the whole path';
  return { severity: 'warning', what: 'is looked for in whatever folder the daemon is started in', hint };
}

function unreachable(code: string): Fault {
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return {
      severity: 'error',
      what: 'does not exist',
      hint: `head -c 32 /dev/urandom | base64, the same on every box`,
    };
  }
  const hint = 'run lanlord check as the user of the daemon';
  return { severity: 'warning', what: `cannot be looked at by this user (${code})`, hint };
}

/** Null: this user may not read it, which is as it should be. */
function keyBytes(file: string): number | null {
  try {
    return Buffer.byteLength(readFileSync(file, 'utf8').trim());
  } catch {
    return null;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
