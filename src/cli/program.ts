// Turns a command line into a call of one action and its exit code.
import { Command, CommanderError } from 'commander';
import { nearestWord, wordByPrefix } from '#model/nearest-word.ts';
import { safeText } from '#model/safe-text.ts';
import type { Actions } from './actions.ts';
import type { Finish } from './command-options.ts';
import { completeCommand } from './completion-scripts.ts';
import { declareActing } from './declare-acting.ts';
import { declareChecks } from './declare-checks.ts';
import { declareDaemon } from './declare-daemon.ts';
import { declareTools } from './declare-tools.ts';
import { declareViews } from './declare-views.ts';
import { exitCode } from './exit-code.ts';
import type { Output } from './output.ts';

/**
 * Parses `argv` (without program and script) and calls one of the actions.
 * @param usual the command when none is named
 * @returns the exit code: the action's own, 0 after help, 2 for a command line that makes no sense.
 */
export async function runProgram(
  argv: readonly string[],
  actions: Actions,
  output: Output,
  usual: 'ui' | 'status' = 'status',
): Promise<number> {
  let code: number = exitCode.clean;
  const program = createProgram(actions, output, async (action) => {
    code = await action;
  });
  const names = [...program.commands.map((command) => command.name()), 'help'];
  const spoken = names.filter((name) => name !== completeCommand);
  const words = expand(argv, names, usual);
  const unknown = words[0] !== undefined && !words[0].startsWith('-') && !names.includes(words[0]) ? words[0] : null;
  if (unknown !== null) {
    output.note(unknownCommand(unknown, spoken));
    return exitCode.usage;
  }
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCode.clean : exitCode.usage;
  }
  return code;
}

/** All commands that `actions` holds. */
export function createProgram(actions: Actions, output: Output, finish: Finish): Command {
  const program = new Command('lanlord')
    .description(
      'Gives LoadBalancer addresses to services on a plain LAN, answers ARP and NDP for them, and says who answers and why.',
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.data(text),
      writeErr: (text) => output.note(text.replace(/\n$/, '')),
      outputError: (text, write) => write(`${safeText(text.replace(/^error: /, 'lanlord: ').trimEnd())}\n`),
    })
    .addHelpText(
      'before',
      'Examples:\n  lanlord status\n  lanlord get services\n  lanlord who-has 192.168.10.211\n  lanlord explain svc/default/web\n',
    );
  declareDaemon(program, actions, finish);
  declareViews(program, actions, finish);
  declareActing(program, actions, finish);
  declareChecks(program, actions, finish);
  declareTools(program, actions, output, finish);
  return program;
}

/** The command line with its command spelled out; `help` takes a command, too. */
function expand(argv: readonly string[], names: readonly string[], usual: string): string[] {
  const [first, ...rest] = argv;
  if (first === undefined) return [usual];
  if (first === '--version' || first === '-V') return ['version', ...rest];
  if (first.startsWith('-')) return first === '-h' || first === '--help' ? [...argv] : [usual, ...argv];
  const command = wordByPrefix(first, names) ?? first;
  if (command !== 'help' || rest[0] === undefined) return [command, ...rest];
  return [command, wordByPrefix(rest[0], names) ?? rest[0]];
}

function unknownCommand(word: string, names: readonly string[]): string {
  const starting = names.filter((name) => name.startsWith(word));
  const near = nearestWord(word, names);
  let hint = 'see: lanlord help';
  if (starting.length > 1) hint = `could be ${starting.join(', ')}`;
  else if (near !== null) hint = `did you mean ${near}?`;
  return `lanlord: unknown command ${JSON.stringify(word)} (${hint})`;
}
