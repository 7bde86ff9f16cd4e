// The options of the commands that list something.
import type { Command } from 'commander';
import type { ListOptions } from './actions.ts';
import { type ClientFlags, connection, duration } from './command-options.ts';

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
