// Entry of `lanlord ui`: looks whether the terminal can be used, then hands it to the interface.
import { constants } from 'node:os';
import { chooseLook, obstacle } from '#tui/text/terminal-look.ts';
import type { UiOptions } from './actions.ts';
import { exitCode } from './exit-code.ts';
import type { Output } from './output.ts';

/** @returns 0 after leaving by key, 2 where no screen can be drawn, 128 and its number after a signal. */
export async function ui(options: UiOptions, output: Output): Promise<number> {
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const reason = obstacle(process.env, isTerminal);
  if (reason !== null) {
    output.note(`lanlord: ${reason}`);
    return exitCode.usage;
  }
  const look = chooseLook(process.env, options);
  if (typeof look === 'string') {
    output.note(`lanlord: ${look}`);
    return exitCode.usage;
  }
  // Loaded only now: ink looks at the terminal when it is loaded.
  const { startUi } = await import('#tui/app/start-ui.ts');
  const { socket, timeoutMs } = options;
  const end = await startUi({ socket, timeoutMs, look, ownsDaemon: false });
  return end === 'quit' ? exitCode.clean : 128 + constants.signals[end];
}
