// What a command says and ends with when the daemon cannot be asked, or says no.
import type { ClientFailure } from '#control/client.ts';
import { safeText } from '#model/safe-text.ts';
import { exitCode } from './exit-code.ts';
import type { Output } from './output.ts';

/** Says why on stderr. @returns the exit code. */
export function reportFailure(failure: ClientFailure, output: Output): number {
  output.note(`lanlord: ${safeText(failure.message)}`);
  switch (failure.code) {
    case 'unreachable':
      return exitCode.unreachable;
    case 'denied':
      return exitCode.denied;
    case 'timeout':
      return exitCode.timeout;
    case 'refused':
      return refusal(failure.reason);
  }
}

/** How a stream ended; null: nothing is wrong. */
export function reportEnd(failure: ClientFailure | null, output: Output): number {
  return failure ? reportFailure(failure, output) : exitCode.clean;
}

function refusal(reason: Extract<ClientFailure, { code: 'refused' }>['reason']): number {
  switch (reason) {
    case 'not_found':
      return exitCode.found;
    case 'refused':
    case 'busy':
      return exitCode.refused;
    case 'internal':
      return exitCode.internal;
    default:
      return exitCode.usage;
  }
}
