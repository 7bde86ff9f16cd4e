import { expect, test } from 'bun:test';
import { columns } from '#control/columns.ts';
import type { Items, Kind } from '#control/protocol.ts';
import { tableText } from '#control/table-text.ts';
import { itemsOf } from '#control/views.ts';
import { daemonView, journal, nowMs } from '../../support/daemon-view.ts';

function table<K extends Kind>(kind: K, wide = false, view = daemonView()): string {
  const items: readonly Items[K][] = [...itemsOf(kind, { view, journal: () => journal })];
  return tableText(columns[kind], items, nowMs, { wide, maxWidth: null });
}

test('leaders as a table', () => {
  expect(table('leaders')).toBe(
    [
      'VIP             SERVICE         LEADER  STATE   IF    TERM  SINCE',
      '192.168.10.208  default/api +1  edge-1  here    eth0     3  1h00m',
      '192.168.10.209  dns/resolver    -       nobody  -        -      -',
      '',
    ].join('\n'),
  );
});

test('services as a wide table', () => {
  expect(table('services', true)).toBe(
    [
      'NAMESPACE  NAME      IPS             STATE    REASON   MESSAGE',
      'default    web       192.168.10.208  ready    -        -',
      'default    api       192.168.10.208  ready    -        -',
      'media      plex      -               pending  no_pool  There are no enabled CiliumLoadBalancerIPPools that match this service',
      'dns        resolver  192.168.10.209  ready    -        -',
      '',
    ].join('\n'),
  );
});

test('pools, announcements and interfaces as tables', () => {
  expect(table('pools')).toBe(
    'NAME  BLOCKS             USED   %  FREE  STATE\nblue  192.168.10.208/29   2/8  25     6  ok\n',
  );
  expect(table('announcements')).toBe(
    [
      'IP              IF    MAC                SERVICE         ANSWERS  SINCE',
      '192.168.10.208  eth0  02:00:00:00:00:01  default/api +1       40  1h00m',
      '',
    ].join('\n'),
  );
  expect(table('interfaces')).toBe(
    [
      'NAME  LINK  CAPTURE  MAC                REQUESTS  ANSWERS  DROPS  KERNEL-DROPS',
      'eth0  up    open     02:00:00:00:00:01        42       40      3             0',
      '',
    ].join('\n'),
  );
});

test('a service with thousands of addresses shows the first, the last and how many', () => {
  const ips = Array.from({ length: 60_000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
  const [item] = [...itemsOf('services', { view: daemonView(), journal: () => [] })];
  if (!item) throw new Error('no service');
  const text = (list: readonly string[]) =>
    tableText(columns.services, [{ ...item, ips: list }], nowMs, { wide: true, maxWidth: null });
  expect(text(ips)).toContain('  10.0.0.0 … 10.0.234.95 (60000)  ');
  expect(text(ips.slice(0, 8))).toContain(`  ${ips.slice(0, 8).join(',')}  `);
});

test('every kind has columns, and a wide table has all of them', () => {
  for (const kind of Object.keys(columns) as Kind[]) {
    const [header = ''] = table(kind, true).split('\n');
    for (const column of columns[kind]) expect(header).toContain(column.header);
  }
});

test('hostile text cannot move the cursor, fake a line or turn the direction of a table', () => {
  const hostile = '\u001b]0;pwn\u0007a\nFAKE  row\r\u202egnp.exe\u200b';
  const problems = [
    { code: 'X', severity: 'warning' as const, object: hostile, message: hostile, hint: hostile, sinceMs: nowMs },
  ];
  const text = table('problems', true, daemonView({ problems }));
  expect(text.split('\n')).toHaveLength(3);
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(text).toContain('\\u{1b}]0;pwn\\u{7}');
});

test('a terminal gets lines of its width, a pipe gets everything', () => {
  const column = [{ header: 'NAME', value: (item: string) => item }];
  const style = { wide: false, maxWidth: 10 };
  expect(tableText(column, ['0123456789', '0123456789a'], 0, style)).toBe('NAME\n0123456789\n012345678…\n');
  expect(tableText(column, ['x'.repeat(500)], 0, { ...style, maxWidth: null })).toContain('x'.repeat(500));
});

test('wide characters keep columns in line', () => {
  const column = [
    { header: 'A', value: ([a = '']: readonly string[]) => a },
    { header: 'B', value: ([, b = '']: readonly string[]) => b },
  ];
  const items = [
    ['日本', '1'],
    ['abcd', '2'],
  ];
  expect(tableText(column, items, 0, { wide: false, maxWidth: null })).toBe('A     B\n日本  1\nabcd  2\n');
});
