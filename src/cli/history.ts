// `events` and `history`: what happened, and who answered for an address when.
import { formatAddress } from '#model/address.ts';
import type { ListOptions } from './actions.ts';
import { exitCode } from './exit-code.ts';
import { list } from './list.ts';
import type { Output } from './output.ts';
import { readAddress } from './read-address.ts';

export async function events(options: ListOptions, output: Output): Promise<number> {
  return await list('events', options, output);
}

/** `name`: an address. @returns 0; 2 when it is none. */
export async function history(options: ListOptions, output: Output): Promise<number> {
  if (options.name === null) return await list('history', options, output);
  const address = readAddress(options.name, output);
  if (!address) return exitCode.usage;
  return await list('history', { ...options, name: formatAddress(address) }, output);
}
