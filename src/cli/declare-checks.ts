// Names, options and help of the commands about the configuration and this machine.
import { type Command, Option } from 'commander';
import type { Actions } from './actions.ts';
import {
  allForms,
  type ClientFlags,
  collect,
  connection,
  duration,
  type Finish,
  outputOption,
  socketOption,
  threeForms,
  twoForms,
  withClient,
  withExamples,
} from './command-options.ts';
import { type ListFlags, listOptions, withListOptions, withSince } from './list-options.ts';
import { defaultConfigPath } from './run-options.ts';

/** Commands about the configuration and this machine, and `version`. */
export function declareChecks(program: Command, actions: Actions, finish: Finish): void {
  program.commandsGroup('Configure and examine:');
  withExamples(program.command('check'), 'lanlord check', 'lanlord check pools.yaml services/')
    .description('validate manifests offline; exit 1 with errors')
    .argument('[path...]', `files and directories (default: ${defaultConfigPath})`, collect)
    .addOption(outputOption(twoForms))
    .action((paths: string[] | undefined, { output }: { output: 'table' | 'json' }) =>
      finish(actions.check({ paths: paths ?? [defaultConfigPath], output })),
    );
  // The state of 50,000 services takes some seconds.
  withExamples(
    withClient(program.command('plan'), twoForms, '60s'),
    'lanlord plan -c new/',
    'lanlord plan -c new/ -o json',
  )
    .description('which VIPs a configuration would give, change or silence, before it is applied; exit 1 with changes')
    .option('-c, --config <path>', 'file or directory, may be repeated (default: what the daemon runs with)', collect)
    .action((flags: ClientFlags & { config?: string[] }) =>
      finish(actions.plan({ ...connection(flags), paths: flags.config ?? [] })),
    );
  const config = program.command('config').description('the configuration that runs, and what happened to it');
  withExamples(
    withClient(config.command('show'), threeForms),
    'lanlord config show',
    'lanlord config show -o yaml > node.yaml',
  )
    .description('every setting that runs, and who says it: file and line, option, variable, or nobody (the default)')
    .action((flags: ClientFlags) => finish(actions.configShow({ ...connection(flags), output: flags.output })));
  withExamples(
    withSince(withListOptions(withClient(config.command('history'), allForms))),
    'lanlord config history',
    'lanlord config history --since 7d -o json',
  )
    .description('generations of the configuration: when, by whom, from where, with how many problems')
    .action((flags: ListFlags) => finish(actions.configHistory(listOptions(flags))));
  withExamples(withClient(program.command('doctor')), 'sudo lanlord doctor')
    .description(
      'examine this machine: capture library, capabilities, interfaces, kernel settings; exit 1 with failures',
    )
    .action((flags: ClientFlags) => finish(actions.doctor(connection(flags))));
  if (actions.capture) declareCapture(program, actions.capture, finish);
  withExamples(program.command('version'), 'lanlord version', 'lanlord version -o json')
    .description('which build this is')
    .addOption(outputOption(twoForms))
    .action(({ output }: { output: 'table' | 'json' }) => finish(actions.version(output)));
}

interface CaptureFlags extends Pick<ClientFlags, 'socket' | 'timeout'> {
  readonly write: string;
  readonly filter?: string;
  readonly duration?: number;
}

function declareCapture(program: Command, capture: NonNullable<Actions['capture']>, finish: Finish): void {
  withExamples(
    program.command('capture'),
    'sudo lanlord capture -w arp.pcapng --duration 1m',
    "sudo lanlord capture -w - --filter 'vip:192.168.10.211' | tshark -r -",
    "sudo lanlord capture -w election.pcapng --filter 'kind:vrrp'",
  )
    .description(
      'write the ARP, NDP and VRRP frames that the daemon hears and sends into a capture file, with what it makes of each',
    )
    .requiredOption('-w, --write <file>', 'file, or - for standard output')
    .option(
      '--filter <expression>',
      'only what fits: a filter as for traffic (with kind:vrrp, too), or pcap-filter(7) with vip:ADDRESS and mac:MAC',
    )
    .option('--duration <duration>', 'end after this time', duration)
    .addOption(socketOption().default('/run/lanlord/lanlord.sock'))
    .addOption(
      new Option('--timeout <duration>', 'how long to wait for the daemon').argParser(duration).default(5000, '5s'),
    )
    .action(({ socket, timeout, write, filter, duration: durationMs }: CaptureFlags) =>
      finish(capture({ socket, timeoutMs: timeout, write, filter: filter ?? '', durationMs: durationMs ?? null })),
    );
}
