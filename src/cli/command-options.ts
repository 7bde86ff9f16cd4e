// What the declarations of commands share: forms of output, how to reach the daemon, examples.
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Connection, OutputFormat } from './actions.ts';
import { parseDurationMs } from './duration.ts';

/** Runs an action and keeps its exit code. */
export type Finish = (action: Promise<number>) => Promise<void>;

export interface ClientFlags {
  readonly socket: string;
  readonly timeout: number;
  readonly output: OutputFormat;
}

export const twoForms = ['table', 'json'] as const;
/** Of what is one answer, or goes on with one per line. */
export const lineForms = ['table', 'json', 'jsonl'] as const;
export const threeForms = ['table', 'json', 'yaml'] as const;
export const allForms = ['table', 'wide', 'json', 'jsonl', 'yaml'] as const;

export function duration(text: string): number {
  const value = parseDurationMs(text);
  if (value === null) throw new InvalidArgumentError('Durations look like 500ms, 5s, 10m, 24h or 7d.');
  return value;
}

/** What the kernel takes as the path of a socket, unix(7): 107 bytes and an end. */
const longestSocketPath = 107;

function socketPath(text: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes > longestSocketPath)
    throw new InvalidArgumentError(`A path of a socket has at most ${longestSocketPath} bytes, this one ${bytes}.`);
  return nonEmpty(text);
}

/** A variable of a script that was never set must not mean the folder somebody stands in, or this box. */
export function nonEmpty(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is empty.');
  return text;
}

/** `NAME` or `node/NAME`. */
export function nodeWord(text: string): string {
  nonEmpty(text.replace(/^node\//, ''));
  return text;
}

export function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), nonEmpty(value)];
}

export function outputOption(formats: readonly OutputFormat[]): Option {
  return new Option('-o, --output <format>', 'form of the output').choices([...formats]).default('table');
}

export function withClient(command: Command, formats: readonly OutputFormat[] = twoForms, wait = '5s'): Command {
  return command
    .addOption(outputOption(formats))
    .addOption(socketOption().default('/run/lanlord/lanlord.sock'))
    .addOption(
      new Option('--timeout <duration>', 'how long to wait for the daemon')
        .argParser(duration)
        .default(duration(wait), wait),
    );
}

export const socketVariable = 'LANLORD_SOCKET';

export function socketOption(): Option {
  return new Option('--socket <path>', 'socket of the daemon').env(socketVariable).argParser(socketPath);
}

export function connection(flags: ClientFlags): Connection & { readonly output: 'table' | 'json' } {
  return { socket: flags.socket, timeoutMs: flags.timeout, output: flags.output === 'json' ? 'json' : 'table' };
}

const examples = new WeakMap<Command, readonly string[]>();

/** What the help of a command leads with. */
export function examplesOf(command: Command): readonly string[] {
  return examples.get(command) ?? [];
}

/** Help leads with examples: most readers need nothing else. */
export function withExamples(command: Command, ...lines: readonly string[]): Command {
  examples.set(command, lines);
  return command.addHelpText('before', `Examples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`);
}
