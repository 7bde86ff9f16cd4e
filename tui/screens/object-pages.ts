// Every page by its kind; those of a service, a pool, a policy and an event in full.
import { timeText } from '../panes/cell-context.ts';
import { eventKey } from '../panes/journal-panes.ts';
import { leaderCell } from '../panes/leader-panes.ts';
import type { Page } from '../state/place.ts';
import { type Line, span } from '../text/line.ts';
import { fact, partLines } from './facts.ts';
import { ipPage } from './ip-page.ts';
import { nodePage } from './node-page.ts';
import { conditionsPart, gone, problemsPart } from './page-parts.ts';
import { poolGrid } from './pool-grid.ts';
import { problemPage } from './problem-page.ts';
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
    case 'node':
      return `node ${page.name}`;
    case 'event':
      return 'event';
    case 'problem':
      return 'problem';
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
    case 'node':
      return nodePage(view, page.name);
    case 'event':
      return eventPage(view, page.key);
    case 'problem':
      return problemPage(view, page.key);
  }
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
    ...problemsPart(view, `svc/${name}`),
    {
      title: 'Service',
      lines: [
        ...fact(view, 'state', service.state, service.state === 'ready' ? 'ok' : 'warn'),
        ...fact(view, 'addresses', service.ips.join(', ')),
        ...(service.reason === null ? [] : fact(view, 'reason', `${service.reason}: ${service.message}`)),
      ],
    },
    { title: 'Who answers', lines: answers.length > 0 ? answers : [textLine('nobody', 'warn')] },
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
    ...problemsPart(view, `pool/${name}`),
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
    ...problemsPart(view, `policy/${name}`),
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
  const fields = Object.entries(event.fields);
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
    ...(fields.length === 0
      ? []
      : [{ title: 'Fields', lines: fields.flatMap(([name, value]) => fact(view, name, String(value))) }]),
  ]);
}
