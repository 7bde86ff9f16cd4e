// Names, options and help of the commands that look at the running daemon.
import type { Command } from 'commander';
import type { Actions } from './actions.ts';
import {
  allForms,
  type ClientFlags,
  connection,
  type Finish,
  lineForms,
  threeForms,
  withClient,
  withExamples,
} from './command-options.ts';
import { declareTraffic } from './declare-traffic.ts';
import { type ListFlags, listOptions, withListOptions, withSince } from './list-options.ts';

/** Commands that look at the running daemon. */
export function declareViews(program: Command, actions: Actions, finish: Finish): void {
  program.commandsGroup('See:');
  withExamples(
    withClient(program.command('status'), lineForms),
    'lanlord status',
    'lanlord status --brief',
    'lanlord status -o json',
    'lanlord status --watch -o jsonl',
  )
    .description('health, problems, configuration and addresses; exit 1 with a critical problem')
    .option('--brief', 'one line for a monitoring system')
    .option('-w, --watch', 'print again when something changes; with -o jsonl as {"type":…,"object":…}')
    .action((flags: ClientFlags & { brief?: boolean; watch?: boolean }) =>
      finish(
        actions.status({
          ...connection(flags),
          output: flags.output,
          brief: flags.brief === true,
          watch: flags.watch === true,
        }),
      ),
    );
  withExamples(
    withListOptions(withClient(program.command('get'), allForms)),
    'lanlord get services',
    "lanlord get leaders --filter 'state:nobody' -o wide",
    'lanlord get svc default/web -o yaml',
    'lanlord get leaders -w -o jsonl',
  )
    .description('list pools, ips, services, leaders, announcements, policies, nodes, interfaces, problems or events')
    .argument('<kind>', 'what to list; short names such as po, svc, lead, pol, if, pr, ev work')
    .argument('[name]', 'only this one')
    .action((kind: string, name: string | undefined, flags: ListFlags) =>
      finish(actions.get({ ...listOptions(flags, name), kind })),
    );
  withExamples(withListOptions(withClient(program.command('show'), allForms)), 'lanlord show l2-announce')
    .description('the table of announcements, for people who know "cilium-dbg shell -- db/show l2-announce"')
    .argument('<table>', 'l2-announce')
    .action((table: string, flags: ListFlags) => {
      if (table !== 'l2-announce') program.error(`error: unknown table "${table}" (the one there is: l2-announce)`);
      return finish(actions.get({ ...listOptions(flags), kind: 'announcements' }));
    });
  withExamples(
    withClient(program.command('explain')),
    'lanlord explain svc/default/web',
    'lanlord explain ip/192.168.10.211',
    'lanlord explain leader/192.168.10.211',
    'lanlord explain policy/lan',
  )
    .description('why, or why not: every step from the manifest to the wire; exit 1 when there is no such object')
    .argument('<object>', 'svc/NAMESPACE/NAME, svc/NAME, ip/ADDRESS, leader/ADDRESS or policy/NAME')
    .action((object: string, flags: ClientFlags) => finish(actions.explain({ ...connection(flags), object })));
  withExamples(
    withClient(program.command('who-has'), threeForms),
    'lanlord who-has 192.168.10.211',
    'lanlord who-has 192.168.10.211 --probe -o yaml',
  )
    .description('who answers for an address; exit 0 when it is exactly one')
    .argument('<address>', 'IPv4 or IPv6 address')
    .option('--probe', 'ask the wire, too')
    .action((address: string, flags: ClientFlags & { probe?: boolean }) =>
      finish(actions.whoHas({ ...connection(flags), output: flags.output, address, probe: flags.probe === true })),
    );
  declareTraffic(program, actions.traffic, finish);
  withExamples(withClient(program.command('probe'), threeForms), 'lanlord probe 192.168.10.211')
    .description('ask the wire once who has an address; the same as who-has --probe')
    .argument('<address>', 'IPv4 or IPv6 address')
    .action((address: string, flags: ClientFlags) =>
      finish(actions.whoHas({ ...connection(flags), output: flags.output, address, probe: true })),
    );
  withExamples(
    withSince(withListOptions(withClient(program.command('events'), allForms))),
    'lanlord events',
    'lanlord events --since 24h -o jsonl',
    "lanlord events --watch --filter 'vip:192.168.10.211'",
  )
    .description('what happened, oldest first')
    .action((flags: ListFlags) => finish(actions.events(listOptions(flags))));
  withExamples(
    withSince(withListOptions(withClient(program.command('history'), allForms))),
    'lanlord history 192.168.10.211 --since 24h',
  )
    .description('who answered for an address, or for all of them, and when that changed')
    .argument('[address]', 'IPv4 or IPv6 address')
    .action((address: string | undefined, flags: ListFlags) => finish(actions.history(listOptions(flags, address))));
  withExamples(
    withClient(program.command('clients'), allForms),
    'lanlord clients 192.168.10.211',
    'lanlord clients 192.168.10.211 --stale',
  )
    .description('who asked for an address lately, and whether they hold the right MAC for it')
    .argument('<address>', 'IPv4 or IPv6 address')
    .option('--stale', "only those that still hold another MAC than the leader's; exit 1 when there are some")
    .action((address: string, flags: ClientFlags & { stale?: boolean }) =>
      finish(actions.clients({ ...connection(flags), output: flags.output, address, stale: flags.stale === true })),
    );
}
