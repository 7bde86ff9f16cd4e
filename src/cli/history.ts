// `events` and `history`: what happened, and who answered for an address when.
import { controlClient } from '#control/client.ts';
import { formatAddress, parseAddress } from '#model/address.ts';
import { safeText } from '#model/safe-text.ts';
import type { EventsOptions, HistoryOptions } from './actions.ts';
import { exitCode } from './exit-code.ts';
import { reportFailure } from './failure.ts';
import type { Output } from './output.ts';
import { printList } from './print-list.ts';

export async function events(options: EventsOptions, output: Output): Promise<number> {
  return await printSince('events', null, options, output);
}

/** @returns 0; 2 when the text is no address. */
export async function history(options: HistoryOptions, output: Output): Promise<number> {
  const address = options.address === null ? null : parseAddress(options.address);
  if (options.address !== null && address === null) {
    output.note(`lanlord: "${safeText(options.address)}" is not an IP address`);
    return exitCode.usage;
  }
  return await printSince('history', address && formatAddress(address), options, output);
}

async function printSince(
  kind: 'events' | 'history',
  name: string | null,
  options: EventsOptions,
  output: Output,
): Promise<number> {
  const sinceMs = options.sinceMs === null ? null : Date.now() - options.sinceMs;
  const answer = await controlClient(options.socket, options.timeoutMs).list(kind, { name, sinceMs });
  if (!answer.ok) return reportFailure(answer.failure, output);
  await printList(kind, answer.value, options.output, output);
  return exitCode.clean;
}
