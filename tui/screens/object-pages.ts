// The pages of a service, a pool, a policy and an event.
import type { Condition } from '#model/resources.ts';
import { timeText } from '../panes/cell-context.ts';
import { eventKey } from '../panes/journal-panes.ts';
import { leaderCell } from '../panes/leader-panes.ts';
import type { Page } from '../state/place.ts';
import { type Line, span } from '../text/line.ts';
import { fact, type Part, partLines } from './facts.ts';
import { ipPage } from './ip-page.ts';
import { poolGrid } from './pool-grid.ts';
import { foreign, grouped, textLine, type View } from './view.ts';

export function pageTitle(page: Page): string {
  switch (page.kind) {
    case 'ip':
      return page.ip;
    case 'service':
      return `service ${page.name}`;
    case 'pool':
      return `pool ${page.name}`;
    case 'policy':
      return `policy ${page.name}`;
    case 'event':
      return 'event';
  }
}

/** All lines of a page; the screen shows a part of them. */
export function pageLines(view: View, page: Page): readonly Line[] {
  switch (page.kind) {
    case 'ip':
      return ipPage(view, page.ip);
    case 'service':
      return servicePage(view, page.name);
    case 'pool':
      return poolPage(view, page.name);
    case 'policy':
      return policyPage(view, page.name);
    case 'event':
      return eventPage(view, page.key);
  }
}

function gone(what: string): readonly Line[] {
  return [textLine(`This ${what} does not exist any more. esc goes back.`, 'warn')];
}

function conditionsPart(view: View, conditions: readonly Condition[]): readonly Part[] {
  if (conditions.length === 0) return [];
  const lines = conditions.flatMap(({ type, status, reason, message }) => {
    return fact(view, status, `${type}: ${reason}${message === '' ? '' : `: ${message}`}`);
  });
  return [{ title: 'Conditions', lines }];
}

function problemsPart(view: View, object: string): readonly Part[] {
  const problems = view.world.lists.problems.filter((problem) =>
    (problem.objects ?? [problem.object]).includes(object),
  );
  if (problems.length === 0) return [];
  const lines = problems.flatMap(({ code, message, hint }) => [
    ...fact(view, code, message, 'warn'),
    ...(hint === '' ? [] : fact(view, '', hint, 'accent')),
  ]);
  return [{ title: 'Problems', lines }];
}

function servicePage(view: View, name: string): readonly Line[] {
  const service = view.world.lists.services.find((item) => `${item.namespace}/${item.name}` === name);
  if (service === undefined) return gone('service');
  const rows = view.world.lists.leaders.filter((item) => item.services.includes(name));
  const answers = rows.map((row): Line => {
    const { text, style } = leaderCell(row, view.context);
    return [
      span('  '),
      foreign(view, row.ip.padEnd(24)),
      foreign(view, text, style),
      foreign(view, `  ${row.interface ?? ''}  ${row.message}`),
    ];
  });
  const events = view.world.lists.events
    .filter(({ object }) => object === `svc/${name}`)
    .slice(-5)
    .toReversed();
  return partLines(view, [
    {
      title: 'Service',
      lines: [
        ...fact(view, 'state', service.state, service.state === 'ready' ? 'ok' : 'warn'),
        ...fact(view, 'addresses', service.ips.join(', ')),
        ...(service.reason === null ? [] : fact(view, 'reason', `${service.reason}: ${service.message}`)),
      ],
    },
    { title: 'Who answers', lines: answers.length > 0 ? answers : [textLine('nobody', 'warn')] },
    ...problemsPart(view, `svc/${name}`),
    ...conditionsPart(view, service.conditions),
    {
      title: 'Events',
      lines:
        events.length === 0
          ? [textLine('none kept', 'dim')]
          : events.flatMap(({ time, message }) => fact(view, timeText(time, view.context, 'utc'), message)),
    },
  ]);
}

function poolPage(view: View, name: string): readonly Line[] {
  const { world, body, glyphs } = view;
  const pool = world.lists.pools.find((item) => item.name === name);
  if (pool === undefined) return gone('pool');
  const held = world.lists.ips.filter((item) => item.pool === name && item.state === 'allocated');
  const grid = poolGrid(world, pool, body.columns, 40, glyphs);
  const given = held.slice(0, 500).map(({ ip, services, origin, since }): Line => {
    return [
      span('  '),
      foreign(view, `${ip.padEnd(24)}  ${services.join(', ')}  ${origin}  ${timeText(since, view.context, 'ago')}`),
    ];
  });
  return partLines(view, [
    {
      title: 'Pool',
      lines: [
        ...fact(view, 'blocks', pool.blocks.join(', ')),
        ...fact(view, 'used', `${grouped(pool.used)} of ${grouped(pool.total)}, ${grouped(pool.available)} free`),
        ...fact(
          view,
          'state',
          pool.valid ? (pool.conflict ? 'conflict' : pool.disabled ? 'disabled' : 'ok') : 'invalid',
        ),
      ],
    },
    ...(grid.length > 0 ? [{ title: 'Addresses', lines: grid }] : []),
    ...problemsPart(view, `pool/${name}`),
    ...conditionsPart(view, pool.conditions),
    { title: `Given ${grouped(held.length)}`, lines: given.length > 0 ? given : [textLine('none', 'dim')] },
  ]);
}

function policyPage(view: View, name: string): readonly Line[] {
  const { lists } = view.world;
  const policy = lists.policies.find((item) => item.name === name);
  if (policy === undefined) return gone('policy');
  const rows = lists.leaders.filter(({ policies }) => policies.includes(name)).slice(0, 500);
  return partLines(view, [
    {
      title: 'Policy',
      lines: [
        ...fact(
          view,
          'this node',
          policy.matchesNode ? 'is selected' : 'is not selected',
          policy.matchesNode ? 'ok' : 'dim',
        ),
        ...fact(
          view,
          'interfaces',
          policy.interfaces.join(', ') || 'matches none of this node',
          policy.interfaces.length > 0 ? undefined : 'warn',
        ),
        ...fact(view, 'services', grouped(policy.services)),
      ],
    },
    ...problemsPart(view, `policy/${name}`),
    ...conditionsPart(view, policy.conditions),
    {
      title: `Addresses ${grouped(rows.length)}`,
      lines: rows.map((row): Line => {
        const { text, style } = leaderCell(row, view.context);
        return [
          span('  '),
          foreign(view, row.ip.padEnd(24)),
          foreign(view, text, style),
          foreign(view, `  ${row.services.join(', ')}`),
        ];
      }),
    },
  ]);
}

function eventPage(view: View, key: string): readonly Line[] {
  const event = view.world.lists.events.find((item) => eventKey(item) === key);
  if (event === undefined) return gone('event');
  return partLines(view, [
    {
      title: 'Event',
      lines: [
        ...fact(view, 'time', event.time),
        ...fact(view, 'kind', event.kind),
        ...fact(view, 'severity', event.severity),
        ...fact(view, 'object', event.object),
        ...fact(view, 'message', event.message),
      ],
    },
    {
      title: 'Fields',
      lines: Object.entries(event.fields).flatMap(([name, value]) => fact(view, name, String(value))),
    },
  ]);
}
