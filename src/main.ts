// Entry: parses the command line, loads the one command that was asked for, and maps its end to an exit code.

import type { Actions } from '#cli/actions.ts';
import { exitCode } from '#cli/exit-code.ts';
import { processOutput } from '#cli/output.ts';
import { runProgram } from '#cli/program.ts';

const output = processOutput();
const interrupted = () => process.exit(exitCode.interrupted);

// Every command is loaded when it is called, so that the daemon holds nothing of its clients.
const actions = {
  demo: async () => (await import('#cli/demo.ts')).demo(output),
  version: async (form: 'table' | 'json') => (await import('#cli/version.ts')).version(form, output),
} as Actions;

/** One line, whatever went wrong: a stack trace helps nobody at three in the morning. LANLORD_DEBUG=1 shows it. */
function internalError(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  const place = error instanceof Error ? (/\(([^()]+:\d+:\d+)\)/.exec(error.stack ?? '')?.[1] ?? '') : '';
  output.note(`lanlord: internal error: ${message.split('\n')[0]}${place === '' ? '' : ` (${place})`}`);
  if (process.env['LANLORD_DEBUG'] === '1' && error instanceof Error) output.note(error.stack ?? '');
  process.exit(exitCode.internal);
}

process.on('uncaughtException', internalError);
process.on('unhandledRejection', internalError);

const argv = process.argv.slice(2);
process.on('SIGINT', interrupted);
try {
  process.exit(await runProgram(argv, actions, output));
} catch (error) {
  internalError(error);
}
