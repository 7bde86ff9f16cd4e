// Names, options and help of `run`, `ui` and `demo`.
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Actions } from './actions.ts';
import {
  collect,
  duration,
  type Finish,
  nonEmpty,
  socketOption,
  socketVariable,
  withExamples,
} from './command-options.ts';
import { defaultConfigPath, defaultStateDirectory } from './run-options.ts';

interface RunFlags {
  readonly config?: string[];
  readonly source: 'file';
  readonly node?: string;
  readonly socket?: string;
  readonly state: string;
  readonly election?: 'solo' | 'vrrp' | 'lease';
  readonly logFormat: 'text' | 'json';
  readonly strictConfig?: boolean;
  readonly ui?: boolean;
}

/** `run`, `ui` and `demo`. */
export function declareDaemon(program: Command, { run, ui, demo }: Actions, finish: Finish): void {
  program.commandsGroup('Run:');
  if (run) {
    withExamples(
      program.command('run'),
      'sudo lanlord run',
      'sudo lanlord run -c pools.yaml -c services/ --node edge-1',
      'sudo lanlord run --ui',
    )
      .description('run the daemon in the foreground')
      .option('-c, --config <path>', `file or directory, may be repeated (default: ${defaultConfigPath})`, collect)
      .addOption(new Option('--source <kind>', 'where resources come from').choices(['file']).default('file'))
      .option('--node <name>', 'name of this node (default: of the NodeConfig, else the host name)', nodeName)
      .addOption(socketOption())
      .option('--state <directory>', 'where allocations and the journal are kept', nonEmpty, defaultStateDirectory)
      .addOption(new Option('--election <mode>', 'who leads an address').choices(['solo', 'vrrp', 'lease']))
      .addOption(new Option('--log-format <form>', 'form of the log').choices(['text', 'json']).default('text'))
      .option('--strict-config', 'refuse to start with an unusable configuration')
      .option(
        '--ui',
        'show it on a full screen; leaving that stops it. Its log goes to daemon.log in the state directory',
      )
      .action((flags: RunFlags, command: Command) =>
        finish(
          run({
            paths: flags.config ?? [defaultConfigPath],
            source: flags.source,
            node: flags.node ?? null,
            socket: flags.socket ?? null,
            socketVariable: command.getOptionValueSource('socket') === 'env' ? socketVariable : null,
            state: flags.state,
            election: flags.election ?? null,
            logFormat: flags.logFormat,
            strictConfig: flags.strictConfig === true,
            ui: flags.ui === true,
          }),
        ),
      );
  }
  if (ui) declareUi(program, ui, finish);
  if (demo) {
    withExamples(program.command('demo'), 'sudo lanlord demo')
      .description('show everything on a throw-away LAN in network namespaces')
      .action(() => finish(demo()));
  }
}

/** One word: it stands in lines that programs read, such as the one about being ready. */
function nodeName(text: string): string {
  if (/^[^\s\p{Cc}\p{Cf}]{1,253}$/u.test(text)) return text;
  throw new InvalidArgumentError('A name is one word of at most 253 characters, such as edge-1.');
}

interface UiFlags {
  readonly socket: string;
  readonly timeout: number;
  readonly ascii?: boolean;
  readonly rw?: boolean;
  readonly theme?: string;
}

function declareUi(program: Command, ui: NonNullable<Actions['ui']>, finish: Finish): void {
  withExamples(program.command('ui'), 'lanlord', 'lanlord ui --theme light')
    .description('the running daemon on a full screen, live; looks only, unless told otherwise')
    .option('--rw', 'with a menu of actions: announce, fail over, drain (group lanlord-admin)')
    .option('--ascii', 'draw with ASCII alone')
    .option('--theme <name>', 'ansi, mono, high-contrast, deuteranopia, tritanopia or light')
    .addOption(socketOption().default('/run/lanlord/lanlord.sock'))
    .addOption(
      new Option('--timeout <duration>', 'how long to wait for an answer').argParser(duration).default(5000, '5s'),
    )
    .action(({ socket, timeout, rw, ascii, theme }: UiFlags) =>
      finish(ui({ socket, timeoutMs: timeout, writable: rw === true, ascii: ascii === true, theme: theme ?? null })),
    );
}
