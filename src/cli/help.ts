// `help`: of a command, of the commands inside it, of exit codes, and of any code that lanlord prints.
import type { Command } from 'commander';
import { nearestWord, wordByPrefix } from '#model/nearest-word.ts';
import { completeCommand } from './completion-scripts.ts';
import { exitCode } from './exit-code.ts';
import type { Output } from './output.ts';

/** Help that belongs to no command. */
const exitCodesTopic = 'exit-codes';

/** `words`: what stands after `help`. @returns 0 with the help, 2 when there is none for them. */
export async function help(program: Command, words: readonly string[], output: Output): Promise<number> {
  const [first] = words;
  if (first !== undefined && words.length === 1) {
    const { codeText, exitCodesText } = await import('./code-text.ts');
    const text = first === exitCodesTopic ? exitCodesText() : codeText(first);
    if (text !== null) {
      output.data(text);
      return exitCode.clean;
    }
  }
  let command = program;
  for (const word of words) {
    const inner = innerCommand(command, word);
    if (inner === null) {
      output.note(noSuchCommand(command, word));
      return exitCode.usage;
    }
    command = inner;
  }
  command.outputHelp();
  return exitCode.clean;
}

/** The names that somebody may type after `command`; `help` is one of the program's own. */
export function commandNames(command: Command): readonly string[] {
  const names = command.commands.map((inner) => inner.name()).filter((name) => name !== completeCommand);
  return command.parent ? names : [...names, 'help'];
}

/** One line for a word that is no command, with what was probably meant. */
export function noSuchCommand(parent: Command, word: string): string {
  const names = commandNames(parent);
  const starting = names.filter((name) => name.startsWith(word));
  const near = nearestWord(word, names);
  const path = parent.parent ? `${parent.name()} ` : '';
  let hint = parent.parent && names.length > 0 ? `there is ${names.join(', ')}` : 'see: lanlord help';
  if (word !== '' && starting.length > 1) hint = `could be ${starting.join(', ')}`;
  else if (near !== null) hint = `did you mean ${near}?`;
  else if (names.length === 0) hint = `${parent.name()} has no commands of its own, see: lanlord help ${parent.name()}`;
  return `lanlord: unknown command ${JSON.stringify(`${path}${word}`)} (${hint})`;
}

/** `help help` is the help of everything. */
function innerCommand(command: Command, word: string): Command | null {
  const name = wordByPrefix(word, commandNames(command));
  if (name === 'help' && !command.parent) return command;
  return command.commands.find((inner) => inner.name() === name) ?? null;
}
