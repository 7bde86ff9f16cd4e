// Lists of one kind: asked of the daemon, followed, or read from a file; filtered, and written in any form.
import { controlClient } from '#control/client.ts';
import type { Kind } from '#control/protocol.ts';
import { parseFilter } from '#model/filter.ts';
import { safeText } from '#model/safe-text.ts';
import type { ListOptions } from './actions.ts';
import { exitCode } from './exit-code.ts';
import { reportFailure } from './failure.ts';
import { readItems } from './input-file.ts';
import { itemTest } from './item-test.ts';
import type { Output } from './output.ts';
import { printList } from './print-list.ts';
import { selfUnknown, usesSelf } from './self-word.ts';
import { watchList } from './watch-list.ts';

/** @returns 0; 1 when a name was given and nothing has it; 2 for a filter or a form that makes no sense. */
export async function list<K extends Kind>(kind: K, options: ListOptions, output: Output): Promise<number> {
  const testFor = itemTest(kind, options, output);
  if (!testFor) return exitCode.usage;
  if (options.watch) return await watchList(kind, options, testFor, output);
  const { name } = options;
  const sinceMs = options.sinceMs === null ? null : Date.now() - options.sinceMs;
  const answer =
    options.inputFile === null
      ? await controlClient(options.socket, options.timeoutMs).list(kind, { name, sinceMs })
      : await readItems(kind, options.inputFile);
  if (!answer.ok) return reportFailure(answer.failure, output);
  const filter = parseFilter(options.filter);
  if (options.inputFile !== null && answer.value.node === '' && filter.ok && usesSelf(filter.filter)) {
    return selfUnknown(output);
  }
  const nowMs = Date.parse(answer.value.generatedAt);
  const test = testFor(answer.value.node);
  const items = answer.value.items.filter((item) => test(item, nowMs));
  if (name !== null && items.length === 0 && kind !== 'history') {
    output.note(`lanlord: no ${kind} named "${safeText(name)}"`);
    return exitCode.found;
  }
  await printList(kind, { ...answer.value, items }, options.output, output);
  return exitCode.clean;
}
