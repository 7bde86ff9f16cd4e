// `get`: lists of one kind, or one item of it.
import { nearestWord } from '#model/nearest-word.ts';
import { safeText } from '#model/safe-text.ts';
import type { GetOptions } from './actions.ts';
import { exitCode } from './exit-code.ts';
import { getKinds, kindByName } from './kind-name.ts';
import { list } from './list.ts';
import type { Output } from './output.ts';

/** @returns 0; 1 when a name was given and nothing has it; 2 for an unknown kind or filter. */
export async function get(options: GetOptions, output: Output): Promise<number> {
  const kind = kindByName(options.kind);
  if (kind !== null) return await list(kind, options, output);
  const near = nearestWord(options.kind, getKinds);
  const hint = near === null ? `one of ${getKinds.join(', ')}` : `did you mean ${near}?`;
  output.note(`lanlord: unknown kind "${safeText(options.kind)}" (${hint})`);
  return exitCode.usage;
}
