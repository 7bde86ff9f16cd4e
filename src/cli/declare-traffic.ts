// Name, options and help of `traffic`.
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Actions } from './actions.ts';
import { type ClientFlags, connection, type Finish, withClient, withExamples } from './command-options.ts';

const forms = ['table', 'wide', 'json', 'jsonl'] as const;
const mostLimit = 10_000;

interface TrafficFlags extends ClientFlags {
  readonly filter?: string;
  readonly watch?: boolean;
  readonly limit?: number;
  readonly inputFile?: string;
}

export function declareTraffic(program: Command, traffic: Actions['traffic'], finish: Finish): void {
  withExamples(
    withClient(program.command('traffic'), forms),
    'lanlord traffic --filter verdict:ignored',
    'lanlord traffic --watch --filter vip:192.168.10.211',
    'lanlord traffic --watch --filter verdict:duplicate -o jsonl',
    'lanlord traffic --input-file frames.jsonl --filter op:garp',
  )
    .description('the frames that the daemon lately heard and sent, with what it made of each')
    .option('--filter <expression>', 'only what fits, such as vip:192.168.10.211, verdict:ignored, op:garp, lat>5ms')
    .option('-w, --watch', 'go on with what comes')
    .addOption(
      new Option('--limit <number>', 'how many of the newest frames (usually 100, of a file all)').argParser(limit),
    )
    .option('--input-file <path>', 'read what -o json or -o jsonl wrote instead of asking the daemon; - is stdin')
    .action(({ filter, watch, limit: most, inputFile, ...flags }: TrafficFlags) => {
      const options = { ...connection(flags), filter: filter ?? '', watch: watch === true, limit: most ?? null };
      return finish(traffic({ ...options, inputFile: inputFile ?? null, output: flags.output }));
    });
}

function limit(text: string): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > mostLimit) throw new InvalidArgumentError(`1 to ${mostLimit}.`);
  return value;
}
