// `events` and `history`: what happened, and who answered for an address when.
import { formatAddress, parseAddress } from '#model/address.ts';
import { safeText } from '#model/safe-text.ts';
import type { ListOptions } from './actions.ts';
import { exitCode } from './exit-code.ts';
import { list } from './list.ts';
import type { Output } from './output.ts';

export async function events(options: ListOptions, output: Output): Promise<number> {
  return await list('events', options, output);
}

/** `name`: an address. @returns 0; 2 when it is none. */
export async function history(options: ListOptions, output: Output): Promise<number> {
  const address = options.name === null ? null : parseAddress(options.name);
  if (options.name !== null && address === null) {
    output.note(`lanlord: "${safeText(options.name)}" is not an IP address`);
    return exitCode.usage;
  }
  return await list('history', { ...options, name: address && formatAddress(address) }, output);
}
