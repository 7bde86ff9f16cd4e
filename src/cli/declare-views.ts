// Names, options and help of the commands that look at the running daemon.
import type { Command } from 'commander';
import type { Actions } from './actions.ts';
import {
  allForms,
  type ClientFlags,
  connection,
  duration,
  type Finish,
  withClient,
  withExamples,
} from './command-options.ts';

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
