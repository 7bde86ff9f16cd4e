import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseFilter } from '#model/filter.ts';
import { type FilterRow, rowTest, usesField } from '#model/filter-match.ts';
import type { RowValue } from '#model/filter-values.ts';
import { fitsGlob } from '#model/glob.ts';

function row(values: Readonly<Record<string, RowValue | readonly RowValue[]>>, text = ''): FilterRow {
  return {
    values: (field, key) => {
      const found = values[key === '' ? field : `label.${key}`];
      return found === undefined ? [] : [found].flat();
    },
    text: () => text,
  };
}

function filterOf(text: string) {
  const result = parseFilter(text);
  if (!result.ok) throw new Error(`${text}: ${result.fault.message}`);
  return result.filter;
}

function fits(text: string, of: FilterRow, self = ''): boolean {
  return rowTest(filterOf(text), self)(of);
}

/** Which of the expressions fit. */
function fitting(of: FilterRow, ...texts: string[]): string[] {
  return texts.filter((text) => fits(text, of));
}

test('words are looked for in what people see, upper or lower case', () => {
  const seen = row({}, 'media/Plex pending');
  expect(fitting(seen, '', 'plex', 'PLEX pend', 'plex -pending', 'plex or zzz', '"plex p"', 'zzz')).toEqual([
    '',
    'plex',
    'PLEX pend',
    'plex or zzz',
    '"plex p"',
  ]);
});

test('text: whole, glob, part; = and quotes take * as it is', () => {
  const seen = row({ svc: ['media/plex', 'plex'], state: 'a*b' });
  expect(fitting(seen, 'svc:plex', 'svc:PLEX', 'svc:ple', 'svc:pl*', 'svc~le', 'svc:*/plex', 'svc:web,plex')).toEqual([
    'svc:plex',
    'svc:PLEX',
    'svc:pl*',
    'svc~le',
    'svc:*/plex',
    'svc:web,plex',
  ]);
  expect(fitting(seen, 'svc!=web', 'svc!=plex', 'svc!~le', 'svc!~z', 'svc!=web,plex')).toEqual(['svc!=web', 'svc!~z']);
  expect(fitting(seen, 'state=a*b', 'state:"a*b"', 'state=a*', 'state:"a*"')).toEqual(['state=a*b', 'state:"a*b"']);
});

test('addresses are compared as addresses', () => {
  const seen = row({ vip: ['192.168.10.5', '2001:db8::10'] });
  const fit = ['vip:192.168.10.5', 'vip:192.168.10.0/28', 'vip:192.168.10.1..192.168.10.5', 'vip:192.168.10.*'];
  const fit6 = ['vip:2001:DB8:0::10', 'vip:2001:db8::/64', 'vip:2001:db8::1..2001:db8::ff', 'vip~db8'];
  expect(fitting(seen, ...fit, ...fit6)).toEqual([...fit, ...fit6]);
  expect(fitting(seen, 'vip:192.168.10.6', 'vip:10.0.0.0/8', 'vip:2001:db8::1', 'vip!=192.168.10.5')).toEqual([]);
  expect(fitting(seen, 'vip>192.168.10.4', 'vip<=192.168.10.5', 'vip<192.168.10.5')).toEqual([
    'vip>192.168.10.4',
    'vip<=192.168.10.5',
  ]);
  // Rows may name a range.
  const range = row({ ip: '10.0.0.1-10.0.0.9' });
  expect(fitting(range, 'ip:10.0.0.5', 'ip:10.0.0.9..10.0.0.20', 'ip:10.0.0.10')).toEqual([
    'ip:10.0.0.5',
    'ip:10.0.0.9..10.0.0.20',
  ]);
});

test('MACs: whole, glob, with hyphens too', () => {
  const seen = row({ mac: '52:54:00:be:ef:07' });
  const fit = ['mac:52:54:00:BE:EF:07', 'mac:52-54-00-be-ef-07', 'mac:52:54:00:*', 'mac~be:ef'];
  expect(fitting(seen, ...fit, 'mac:52:54:01:*', '-mac:52:54:00:*')).toEqual(fit);
});

test('numbers, durations, severities, and ranges of them', () => {
  const seen = row({ count: 5, lat: 0.006, age: 90, sev: 'warning', family: 'IPv6', dir: 'in' });
  const fit = [
    'count:5',
    'count>4',
    'count:1..5',
    'count!=4',
    'lat>5ms',
    'lat:1ms..10ms',
    'age<2m',
    'age:2m',
    'age>=1m30s',
  ];
  const fitToo = ['sev>=warn', 'sev:warning', 'sev!=crit', 'sev<crit', 'family:6', 'family:v6', 'dir:in', 'dir:rx'];
  expect(fitting(seen, ...fit, ...fitToo)).toEqual([...fit, ...fitToo]);
  expect(fitting(seen, 'count:6', 'count:6..9', 'lat<5ms', 'age:1m', 'sev:crit', 'family:4', 'dir:out')).toEqual([]);
});

test('a row that says nothing of a field fits only what denies', () => {
  expect(fitting(row({}), 'leader:x', 'leader~x', 'age<1h', 'leader!=x', '-leader:x', 'leader!~x')).toEqual([
    'leader!=x',
    '-leader:x',
    'leader!~x',
  ]);
});

test('labels by key, and @self is this node', () => {
  const seen = row({ 'label.tier': 'fe', leader: 'edge-1' });
  expect(fitting(seen, 'label.tier:fe', 'label.tier:be', 'label.app:fe')).toEqual(['label.tier:fe']);
  expect([fits('leader=@self', seen, 'edge-1'), fits('leader=@self', seen, 'edge-2')]).toEqual([true, false]);
});

test('which fields a filter looks at', () => {
  const filter = filterOf('a or not (vip:10.0.0.1 -oui:00:1b:21)');
  expect(['word', 'vip', 'oui', 'mac'].map((name) => usesField(filter, (field) => field === name))).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

describe('globs', () => {
  test('fit as the regular expression that they stand for', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.'), maxLength: 8 });
    const plain = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 10 });
    fc.assert(
      fc.property(plain, letters, (text, glob) => {
        const expression = glob.replace(/[.*?]/g, (sign) => ({ '.': '\\.', '*': '.*', '?': '.' })[sign] ?? sign);
        expect([glob, fitsGlob(text, glob)]).toEqual([glob, new RegExp(`^${expression}$`).test(text)]);
      }),
      { seed: 4, numRuns: 5000 },
    );
  });

  test('take no time that a pattern could blow up', () => {
    const begin = performance.now();
    expect(fitsGlob(`${'a'.repeat(2000)}b`, `${'*a'.repeat(1000)}c`)).toBe(false);
    expect(performance.now() - begin).toBeLessThan(1000);
  });
});
