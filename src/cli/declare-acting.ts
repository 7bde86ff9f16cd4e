// Names, options and help of the commands that make the daemon do something.
import type { Command } from 'commander';
import type { Actions } from './actions.ts';
import { type ClientFlags, connection, type Finish, nodeWord, withClient, withExamples } from './command-options.ts';

/** Commands that act: they need the admin socket. */
export function declareActing(program: Command, actions: Actions, finish: Finish): void {
  program.commandsGroup('Act (root, or the group of the admin socket):');
  withExamples(withClient(program.command('reload')), 'sudo lanlord reload')
    .description('read the configuration again and say what changed; exit 1 when it was refused')
    .action((flags: ClientFlags) => finish(actions.reload(connection(flags))));
  withExamples(withClient(program.command('announce')), 'sudo lanlord announce 192.168.10.211')
    .description(
      'announce an address again now, so that neighbors that missed it take it over; exit 1 when it is not answered here',
    )
    .argument('<address>', 'IPv4 or IPv6 address')
    .action((address: string, flags: ClientFlags) =>
      finish(actions.announce({ ...connection(flags), address, to: null })),
    );
  withExamples(withClient(program.command('drain')), 'sudo lanlord drain', 'sudo lanlord drain node/edge-1')
    .description('give up every address and be no candidate, until undrain or the next start')
    .argument('[node]', 'node/NAME; without it the node of this daemon', nodeWord)
    .action((node: string | undefined, flags: ClientFlags) =>
      finish(actions.drain({ ...connection(flags), node: node ?? null })),
    );
  withExamples(withClient(program.command('undrain')), 'sudo lanlord undrain')
    .description('be a candidate again')
    .argument('[node]', 'node/NAME; without it the node of this daemon', nodeWord)
    .action((node: string | undefined, flags: ClientFlags) =>
      finish(actions.undrain({ ...connection(flags), node: node ?? null })),
    );
  withExamples(withClient(program.command('failover')), 'sudo lanlord failover 192.168.10.211 --to edge-2')
    .description('move an address to another node; exit 5 when there is none')
    .argument('<address>', 'IPv4 or IPv6 address')
    .option('--to <node>', 'name of the node (default: whoever is next)', nodeWord)
    .action((address: string, flags: ClientFlags & { to?: string }) =>
      finish(actions.failover({ ...connection(flags), address, to: flags.to ?? null })),
    );
}
