import { expect, test } from 'bun:test';
import { itemRow } from '#control/item-filter.ts';
import { type Items, isKind, type Kind, listKinds } from '#control/protocol.ts';
import { itemsOf } from '#control/views.ts';
import { parseFilter } from '#model/filter.ts';
import { rowTest } from '#model/filter-match.ts';
import { daemonView, journal, nowMs } from '../../support/daemon-view.ts';

function found<K extends Kind>(kind: K, text: string): readonly Items[K][] {
  const parsed = parseFilter(text);
  if (!parsed.ok) throw new Error(parsed.fault.message);
  const test = rowTest(parsed.filter, 'edge-1');
  return [...itemsOf(kind, { view: daemonView(), journal: () => journal })].filter((item) =>
    test(itemRow(kind, item, nowMs)),
  );
}

const cases: readonly (readonly [Kind, string, number])[] = [
  ['pools', 'pool:blue', 1],
  ['pools', 'state:ok', 1],
  ['pools', 'vip:192.168.10.210', 1],
  ['pools', 'vip:10.0.0.1', 0],
  ['ips', 'vip:192.168.10.208 state:allocated', 1],
  ['ips', 'svc:web', 1],
  ['ips', 'family:4 state:allocated', 2],
  ['ips', 'family:6', 0],
  ['services', 'state:pending', 1],
  ['services', 'ns:default', 2],
  ['services', 'svc:default/web', 1],
  ['services', 'code:no_pool', 1],
  ['services', 'plex', 1],
  ['leaders', 'leader:@self', 1],
  ['leaders', 'state:nobody', 1],
  ['leaders', 'age>30m', 1],
  ['leaders', 'age<30m', 0],
  ['leaders', 'iface:eth* policy:lan', 1],
  ['announcements', 'count>39', 1],
  ['announcements', 'mac:02:00:*', 1],
  ['policies', 'iface:eth0', 1],
  ['nodes', 'node:@self', 1],
  ['interfaces', 'state:open verdict:malformed', 1],
  ['problems', 'sev>=warn svc:plex', 1],
  ['problems', 'code:PEND', 1],
  ['problems', 'sev:crit', 0],
  ['events', 'kind:leader vip:192.168.10.208', 1],
  ['events', 'kind:config.applied', 1],
  ['events', 'since:45m', 1],
  ['history', 'vip:192.168.10.0/24 leader:edge-1', 1],
];

for (const [kind, text, count] of cases) {
  test(`of ${kind}, ${text} finds ${count}`, () => {
    expect(found(kind, text)).toHaveLength(count);
  });
}

test('a filter that nothing fits and one that everything fits, for every kind', () => {
  for (const kind of Object.keys(listKinds).filter(isKind)) {
    const all = found(kind, '');
    expect(all.length).toBeGreaterThan(0);
    expect(found(kind, 'code:"no such thing"')).toEqual([]);
    expect(found(kind, '!code:"no such thing"')).toEqual(all);
  }
});
