// Turns a command line into a call of one action and its exit code.
import { Command, CommanderError } from 'commander';
import { wordByPrefix } from '#model/nearest-word.ts';
import { safeText } from '#model/safe-text.ts';
import type { Actions } from './actions.ts';
import type { Finish } from './command-options.ts';
import { declareActing } from './declare-acting.ts';
import { declareChecks } from './declare-checks.ts';
import { declareDaemon } from './declare-daemon.ts';
import { declareTools } from './declare-tools.ts';
import { declareViews } from './declare-views.ts';
import { exitCode } from './exit-code.ts';
import { help, noSuchCommand } from './help.ts';
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
  const keep: Finish = async (action) => {
    code = await action;
  };
  let words = argv;
  const program = createProgram(actions, output, keep, () => (argv[0]?.startsWith('-') ? [] : words));
  words = expand(argv, program, usual);
  if (words[0] === 'help') return await help(program, words.slice(1).filter(isWord), output);
  const complaint = misspelt(program, words);
  if (complaint !== null) {
    output.note(complaint);
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

/** All commands that `actions` holds. `words`: the command line, to name the help of its command where it makes no sense. */
export function createProgram(
  actions: Actions,
  output: Output,
  finish: Finish,
  words: () => readonly string[] = () => [],
): Command {
  const program: Command = new Command('lanlord')
    .description(
      'Gives LoadBalancer addresses to services on a plain LAN, answers ARP and NDP for them, and says who answers and why.',
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.data(text),
      writeErr: (text) => output.note(text.replace(/\n$/, '')),
      outputError: (text, write) => write(`${errorText(text, helpOf(program, words()))}\n`),
    })
    .addHelpText(
      'before',
      'Examples:\n  lanlord status\n  lanlord get services\n  lanlord who-has 192.168.10.211\n  lanlord explain svc/default/web\n',
    )
    .addHelpText('after', '\nlanlord help exit-codes, and lanlord help CODE for a code such as PEND or LL-CFG-014');
  declareDaemon(program, actions, finish);
  declareViews(program, actions, finish);
  declareActing(program, actions, finish);
  declareChecks(program, actions, finish);
  declareTools(program, actions, output, finish);
  return program;
}

/** The command line with its command spelled out, also one inside another. */
function expand(argv: readonly string[], program: Command, usual: string): string[] {
  const [first, ...rest] = argv;
  if (first === undefined) return [usual];
  if (first === '--version' || first === '-V') return ['version', ...rest];
  if (!isWord(first)) return first === '-h' || first === '--help' ? [...argv] : [usual, ...argv];
  const name = wordByPrefix(first, [...program.commands.map((command) => command.name()), 'help']) ?? first;
  const inner = program.commands.find((command) => command.name() === name)?.commands ?? [];
  const [second, ...others] = rest;
  const spelled =
    second === undefined
      ? null
      : wordByPrefix(
          second,
          inner.map((command) => command.name()),
        );
  return spelled === null ? [name, ...rest] : [name, spelled, ...others];
}

/** What to say about a word that names no command; null: they all do. */
function misspelt(program: Command, [first = '', second = '']: readonly string[]): string | null {
  if (!isWord(first)) return null;
  const command = program.commands.find((one) => one.name() === first);
  if (!command) return noSuchCommand(program, first);
  const inner = command.commands.map((one) => one.name());
  if (inner.length === 0 || second === '' || !isWord(second) || inner.includes(second)) return null;
  return noSuchCommand(command, second);
}

function isWord(text: string): boolean {
  return !text.startsWith('-');
}

/** How to see what the command of these words takes. */
function helpOf(program: Command, [first, second]: readonly string[]): string {
  const command = program.commands.find((one) => one.name() === first);
  const inner = command?.commands.find((one) => one.name() === second);
  return ['lanlord', 'help', command?.name() ?? '', inner?.name() ?? ''].join(' ').trimEnd();
}

/** Complaints that do not say themselves what would be right. */
const unexplained =
  /^(?:missing required|too many arguments|unknown option|required option|option .* argument missing)/;

/** What the parser says, on one line: its hint begins a new one. */
function errorText(text: string, helpCommand: string): string {
  const complaint = text.replace(/^error: /, '').trimEnd();
  const [what = '', guess] = complaint.split(/\n(?=\(Did you mean )/);
  if (guess !== undefined) return safeText(`lanlord: ${what} ${guess}`);
  return safeText(`lanlord: ${what}${unexplained.test(what) ? ` (see: ${helpCommand})` : ''}`);
}
