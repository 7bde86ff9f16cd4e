// What the commands that list something take, and the options that declare it.
import type { Command } from 'commander';
import type { Connection, OutputFormat } from './actions.ts';
import { type ClientFlags, connection, duration } from './command-options.ts';

export interface ListOptions extends Connection {
  readonly output: OutputFormat;
  /** Only this one; null: all. */
  readonly name: string | null;
  /** Only what is at most this old, milliseconds; null: all that is kept. */
  readonly sinceMs: number | null;
  /** An expression of the filter grammar; empty: everything. */
  readonly filter: string;
  /** Goes on with what changes. */
  readonly watch: boolean;
  /** Reads the items from here instead of the daemon; `-` is stdin. */
  readonly inputFile: string | null;
}

export interface ListFlags extends ClientFlags {
  readonly since?: number;
  readonly filter?: string;
  readonly watch?: boolean;
  readonly inputFile?: string;
}

export function withListOptions(command: Command): Command {
  return command
    .option('-w, --watch', 'go on with what changes: rows of a table, or {"type":…,"object":…} with -o jsonl')
    .option('--filter <expression>', "only rows that fit, such as 'state:nobody' or 'vip:10.0.0.0/24 age<1h'")
    .option('--input-file <path>', 'read what -o json or -o jsonl wrote instead of asking the daemon; - is stdin');
}

export function withSince(command: Command): Command {
  return command.option('--since <duration>', 'only the last 30m, 24h, 7d', duration);
}

export function listOptions(flags: ListFlags, name?: string): ListOptions {
  return {
    ...connection(flags),
    output: flags.output,
    name: name ?? null,
    sinceMs: flags.since ?? null,
    filter: flags.filter ?? '',
    watch: flags.watch === true,
    inputFile: flags.inputFile ?? null,
  };
}
