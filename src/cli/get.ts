// `get`: lists of one kind, or one item of it.
import { controlClient } from '#control/client.ts';
import { nearestWord } from '#model/nearest-word.ts';
import { safeText } from '#model/safe-text.ts';
import type { GetOptions } from './actions.ts';
import { exitCode } from './exit-code.ts';
import { reportFailure } from './failure.ts';
import { getKinds, kindByName } from './kind-name.ts';
import type { Output } from './output.ts';
import { printList } from './print-list.ts';

/** @returns 0; 1 when a name was given and nothing has it; 2 for an unknown kind. */
export async function get(options: GetOptions, output: Output): Promise<number> {
  const kind = kindByName(options.kind);
  if (kind === null) {
    const near = nearestWord(options.kind, getKinds);
    const hint = near === null ? `one of ${getKinds.join(', ')}` : `did you mean ${near}?`;
    output.note(`lanlord: unknown kind "${safeText(options.kind)}" (${hint})`);
    return exitCode.usage;
  }
  const answer = await controlClient(options.socket, options.timeoutMs).list(kind, { name: options.name });
  if (!answer.ok) return reportFailure(answer.failure, output);
  if (options.name !== null && answer.value.items.length === 0) {
    output.note(`lanlord: no ${kind} named "${safeText(options.name)}"`);
    return exitCode.found;
  }
  await printList(kind, answer.value, options.output, output);
  return exitCode.clean;
}
