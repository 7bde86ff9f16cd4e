// Names, options and help of every command.
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Actions, Connection, OutputFormat } from './actions.ts';
import { parseDurationMs } from './duration.ts';
import { defaultConfigPath, defaultStateDirectory } from './run-options.ts';

/** Runs an action and keeps its exit code. */
export type Finish = (action: Promise<number>) => Promise<void>;

interface RunFlags {
  readonly config?: string[];
  readonly source: 'file';
  readonly node?: string;
  readonly socket?: string;
  readonly state: string;
  readonly election?: 'solo';
  readonly logFormat: 'text' | 'json';
  readonly strictConfig?: boolean;
}

interface ClientFlags {
  readonly socket: string;
  readonly timeout: number;
  readonly output: OutputFormat;
}

const twoForms = ['table', 'json'] as const;
const allForms = ['table', 'wide', 'json', 'jsonl', 'yaml'] as const;

function duration(text: string): number {
  const value = parseDurationMs(text);
  if (value === null) throw new InvalidArgumentError('Durations look like 500ms, 5s, 10m, 24h or 7d.');
  return value;
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

function outputOption(formats: readonly OutputFormat[]): Option {
  return new Option('-o, --output <format>', 'form of the output').choices([...formats]).default('table');
}

function withClient(command: Command, formats: readonly OutputFormat[] = twoForms, wait = '5s'): Command {
  return command
    .addOption(outputOption(formats))
    .addOption(socketOption().default('/run/lanlord/lanlord.sock'))
    .addOption(
      new Option('--timeout <duration>', 'how long to wait for the daemon')
        .argParser(duration)
        .default(duration(wait), wait),
    );
}

function socketOption(): Option {
  return new Option('--socket <path>', 'socket of the daemon').env('LANLORD_SOCKET');
}

function connection(flags: ClientFlags): Connection & { readonly output: 'table' | 'json' } {
  return { socket: flags.socket, timeoutMs: flags.timeout, output: flags.output === 'json' ? 'json' : 'table' };
}

const examples = new WeakMap<Command, readonly string[]>();

/** What the help of a command leads with. */
export function examplesOf(command: Command): readonly string[] {
  return examples.get(command) ?? [];
}

/** Help leads with examples: most readers need nothing else. */
function withExamples(command: Command, ...lines: readonly string[]): Command {
  examples.set(command, lines);
  return command.addHelpText('before', `Examples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`);
}

/** `run` and `demo`. */
export function declareDaemon(program: Command, { run, demo }: Actions, finish: Finish): void {
  program.commandsGroup('Run:');
  if (run) {
    withExamples(
      program.command('run'),
      'sudo lanlord run',
      'sudo lanlord run -c pools.yaml -c services/ --node edge-1',
    )
      .description('run the daemon in the foreground')
      .option('-c, --config <path>', `file or directory, may be repeated (default: ${defaultConfigPath})`, collect)
      .addOption(new Option('--source <kind>', 'where resources come from').choices(['file']).default('file'))
      .option('--node <name>', 'name of this node (default: of the NodeConfig, else the host name)')
      .addOption(socketOption())
      .option('--state <directory>', 'where allocations and the journal are kept', defaultStateDirectory)
      .addOption(new Option('--election <mode>', 'who leads an address').choices(['solo']))
      .addOption(new Option('--log-format <form>', 'form of the log').choices(['text', 'json']).default('text'))
      .option('--strict-config', 'refuse to start with an unusable configuration')
      .action((flags: RunFlags) =>
        finish(
          run({
            paths: flags.config ?? [defaultConfigPath],
            source: flags.source,
            node: flags.node ?? null,
            socket: flags.socket ?? null,
            state: flags.state,
            election: flags.election ?? null,
            logFormat: flags.logFormat,
            strictConfig: flags.strictConfig === true,
          }),
        ),
      );
  }
  if (demo) {
    withExamples(program.command('demo'), 'sudo lanlord demo')
      .description('show everything on a throw-away LAN in network namespaces')
      .action(() => finish(demo()));
  }
}

/** Commands that look at the running daemon. */
export function declareViews(program: Command, actions: Actions, finish: Finish): void {
  program.commandsGroup('See:');
  withExamples(
    withClient(program.command('status')),
    'lanlord status',
    'lanlord status --brief',
    'lanlord status -o json',
  )
    .description('health, problems, configuration and addresses; exit 1 with a critical problem')
    .option('--brief', 'one line for a monitoring system')
    .option('--watch', 'print again when something changes')
    .action((flags: ClientFlags & { brief?: boolean; watch?: boolean }) =>
      finish(actions.status({ ...connection(flags), brief: flags.brief === true, watch: flags.watch === true })),
    );
  withExamples(
    withClient(program.command('get'), allForms),
    'lanlord get services',
    'lanlord get ips -o wide',
    'lanlord get svc default/web -o yaml',
  )
    .description('list pools, ips, services, leaders, announcements, policies, nodes, interfaces, problems or events')
    .argument('<kind>', 'what to list; short names such as po, svc, lead, pol, if, pr, ev work')
    .argument('[name]', 'only this one')
    .action((kind: string, name: string | undefined, flags: ClientFlags) =>
      finish(actions.get({ ...connection(flags), kind, name: name ?? null, output: flags.output })),
    );
  withExamples(withClient(program.command('show'), allForms), 'lanlord show l2-announce')
    .description('the table of announcements, for people who know "cilium-dbg shell -- db/show l2-announce"')
    .argument('<table>', 'l2-announce')
    .action((table: string, flags: ClientFlags) => {
      if (table !== 'l2-announce') program.error(`error: unknown table "${table}" (the one there is: l2-announce)`);
      return finish(actions.get({ ...connection(flags), kind: 'announcements', name: null, output: flags.output }));
    });
  withExamples(
    withClient(program.command('explain')),
    'lanlord explain svc/default/web',
    'lanlord explain ip/192.168.10.211',
  )
    .description('why, or why not: every step from the manifest to the wire; exit 1 when there is no such object')
    .argument('<object>', 'svc/NAMESPACE/NAME, svc/NAME or ip/ADDRESS')
    .action((object: string, flags: ClientFlags) => finish(actions.explain({ ...connection(flags), object })));
  withExamples(withClient(program.command('who-has')), 'lanlord who-has 192.168.10.211')
    .description('who answers for an address; exit 0 when it is exactly one')
    .argument('<address>', 'IPv4 or IPv6 address')
    .option('--probe', 'ask the wire, too')
    .action((address: string, flags: ClientFlags & { probe?: boolean }) =>
      finish(actions.whoHas({ ...connection(flags), address, probe: flags.probe === true })),
    );
  withExamples(withClient(program.command('events'), allForms), 'lanlord events', 'lanlord events --since 24h -o jsonl')
    .description('what happened, oldest first')
    .option('--since <duration>', 'only the last 30m, 24h, 7d', duration)
    .action((flags: ClientFlags & { since?: number }) =>
      finish(actions.events({ ...connection(flags), sinceMs: flags.since ?? null, output: flags.output })),
    );
  withExamples(withClient(program.command('history'), allForms), 'lanlord history 192.168.10.211 --since 24h')
    .description('who answered for an address, or for all of them, and when that changed')
    .argument('[address]', 'IPv4 or IPv6 address')
    .option('--since <duration>', 'only the last 30m, 24h, 7d', duration)
    .action((address: string | undefined, flags: ClientFlags & { since?: number }) =>
      finish(
        actions.history({
          ...connection(flags),
          address: address ?? null,
          sinceMs: flags.since ?? null,
          output: flags.output,
        }),
      ),
    );
}

/** Commands about the configuration and this machine, and `version`. */
export function declareChecks(program: Command, actions: Actions, finish: Finish): void {
  program.commandsGroup('Configure and examine:');
  withExamples(program.command('check'), 'lanlord check', 'lanlord check pools.yaml services/')
    .description('validate manifests offline; exit 1 with errors')
    .argument('[path...]', `files and directories (default: ${defaultConfigPath})`)
    .addOption(outputOption(twoForms))
    .action((paths: string[], { output }: { output: 'table' | 'json' }) =>
      finish(actions.check({ paths: paths.length > 0 ? paths : [defaultConfigPath], output })),
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
  withExamples(withClient(program.command('reload')), 'sudo lanlord reload')
    .description('read the configuration again and say what changed; exit 1 when it was refused')
    .action((flags: ClientFlags) => finish(actions.reload(connection(flags))));
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
  )
    .description('write what the daemon hears and sends into a capture file, with what it makes of each frame')
    .requiredOption('-w, --write <file>', 'file, or - for standard output')
    .option('--filter <expression>', 'as in pcap-filter(7), with vip:ADDRESS and mac:MAC')
    .option('--duration <duration>', 'end after this time', duration)
    .addOption(socketOption().default('/run/lanlord/lanlord.sock'))
    .addOption(
      new Option('--timeout <duration>', 'how long to wait for the daemon').argParser(duration).default(5000, '5s'),
    )
    .action(({ socket, timeout, write, filter, duration: durationMs }: CaptureFlags) =>
      finish(capture({ socket, timeoutMs: timeout, write, filter: filter ?? '', durationMs: durationMs ?? null })),
    );
}
