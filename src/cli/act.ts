// `announce`, `failover`, `drain` and `undrain`: what the daemon is to do, and what came of it.

import type { ActionAnswer } from '#control/action-protocol.ts';
import { type ClientResult, controlClient } from '#control/client.ts';
import { formatAddress } from '#model/address.ts';
import { safeText } from '#model/safe-text.ts';
import type { ActOptions, MoveOptions } from './actions.ts';
import { exitCode } from './exit-code.ts';
import { reportFailure } from './failure.ts';
import type { Output } from './output.ts';
import { printJson } from './print-json.ts';
import { readAddress } from './read-address.ts';

/** @returns 0; 1 when the address is not answered here; 2 when it is none; 5 when the daemon refuses. */
export async function move(name: 'announce' | 'failover', options: MoveOptions, output: Output): Promise<number> {
  const { socket, timeoutMs, to } = options;
  const address = readAddress(options.address, output);
  if (!address) return exitCode.usage;
  const query = { address: formatAddress(address), to: to?.replace(/^node\//, '') ?? null };
  return report(await controlClient(socket, timeoutMs).act(name, query), options.output, output);
}

/** @returns 0; 5 when the daemon refuses. */
export async function drain(name: 'drain' | 'undrain', options: ActOptions, output: Output): Promise<number> {
  const { socket, timeoutMs } = options;
  const node = options.node?.replace(/^node\//, '') ?? null;
  return report(await controlClient(socket, timeoutMs).act(name, { node }), options.output, output);
}

function report(answer: ClientResult<ActionAnswer>, form: 'table' | 'json', output: Output): number {
  if (!answer.ok) return reportFailure(answer.failure, output);
  if (form === 'json') printJson(answer.value, output);
  else output.data(`${safeText(answer.value.message)}\n`);
  return exitCode.clean;
}
