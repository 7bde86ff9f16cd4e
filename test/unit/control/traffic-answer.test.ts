import { describe, expect, test } from 'bun:test';
import { trafficAnswer } from '#control/traffic-answer.ts';
import { trafficColumns } from '#control/traffic-columns.ts';
import type { TrafficItem } from '#control/traffic-protocol.ts';
import { trafficRow } from '#control/traffic-row.ts';
import { parseFilter } from '#model/filter.ts';
import { rowTest } from '#model/filter-match.ts';
import type { TrafficQuery } from '#model/traffic-frame.ts';
import { daemonView, fakeBackend, nowMs } from '../../support/daemon-view.ts';

const item: TrafficItem = {
  sequence: 7,
  time: '2026-11-23T03:07:11.000250Z',
  interface: 'eth0',
  direction: 'in',
  protocol: 'ARP',
  operation: 'request',
  ip: '192.168.10.208',
  sender: '192.168.10.1',
  senderMac: '00:1b:21:3c:9d:f0',
  target: '192.168.10.208',
  verdict: 'answered',
  reason: 'replied',
  source: '00:1b:21:3c:9d:f0',
  destination: 'ff:ff:ff:ff:ff:ff',
  vlan: null,
  length: 60,
  latencySeconds: null,
};
const answer: TrafficItem = {
  ...item,
  sequence: 8,
  direction: 'out',
  operation: 'reply',
  verdict: 'ours',
  reason: 'answer',
  latencySeconds: 0.00021,
};
const neighbor: TrafficItem = { ...item, protocol: 'NDP', operation: 'announcement', ip: '2001:db8::10' };
const foreign: TrafficItem = {
  ...item,
  protocol: null,
  operation: null,
  ip: null,
  sender: null,
  senderMac: null,
  target: null,
  verdict: 'ignored',
  reason: 'vlan_tagged',
  vlan: 10,
};

function fitting(of: TrafficItem, ...texts: string[]): string[] {
  return texts.filter((text) => {
    const parsed = parseFilter(text);
    if (!parsed.ok) throw new Error(`${text}: ${parsed.fault.message}`);
    return rowTest(parsed.filter)(trafficRow(of, nowMs, (mac) => (mac.startsWith('00:1b:21') ? 'Intel' : null)));
  });
}

describe('a frame held against a filter', () => {
  test('by addresses, MACs and vendors', () => {
    const fit = [
      'vip:192.168.10.208',
      'vip:192.168.10.1',
      'ip:192.168.10.0/24',
      'mac:00:1b:21:*',
      'mac:ff:ff:ff:ff:ff:ff',
    ];
    expect(fitting(item, ...fit, 'oui:00:1b:21', 'oui:intel', 'vip:10.0.0.1', 'oui:dell')).toEqual([
      ...fit,
      'oui:00:1b:21',
      'oui:intel',
    ]);
  });

  test('by what it is, in the words of everybody', () => {
    const fit = ['op:request', 'op:who', 'op:who-has', 'kind:arp', 'family:4', 'dir:in', 'iface:eth*', '-op:garp'];
    expect(fitting(item, ...fit, 'op:ns', 'op:is-at', 'family:6')).toEqual(fit);
    expect(fitting(neighbor, 'op:garp', 'op:na', 'op:una', 'op:unsolicited', 'kind:ndp', 'family:6', 'op:ns')).toEqual([
      'op:garp',
      'op:na',
      'op:una',
      'op:unsolicited',
      'kind:ndp',
      'family:6',
    ]);
  });

  test('by verdict, reason, age and latency', () => {
    expect(
      fitting(item, 'verdict:answered', 'verdict:replied', 'verdict:ignored', 'age<11s', 'since:9s', 'lat>0s'),
    ).toEqual(['verdict:answered', 'verdict:replied', 'age<11s']);
    expect(fitting(answer, 'lat:0.21ms', 'lat>0.2ms', 'lat>1ms', 'verdict:ours')).toEqual([
      'lat:0.21ms',
      'lat>0.2ms',
      'verdict:ours',
    ]);
    const both: TrafficItem = { ...item, reason: 'claimant_answered' };
    expect(fitting(both, 'verdict:answered', 'verdict:duplicate')).toEqual(['verdict:answered', 'verdict:duplicate']);
  });

  test('what could not be read has no addresses, but a VLAN', () => {
    expect(
      fitting(foreign, 'vlan:10', 'vlan:5..9', 'op:who', 'vip:0.0.0.0/0', 'op!=who', 'verdict:vlan_tagged'),
    ).toEqual(['vlan:10', 'op!=who', 'verdict:vlan_tagged']);
  });

  test('by words that are seen', () => {
    expect(fitting(item, '10.208', '3c:9d', 'ANSWERED', 'who eth0', 'ours')).toEqual([
      '10.208',
      '3c:9d',
      'ANSWERED',
      'who eth0',
    ]);
  });
});

test('what a table shows of each', () => {
  const shown = [item, answer, neighbor, foreign].map((frame) =>
    trafficColumns.filter(({ wide }) => !wide).map(({ value }) => value(frame, nowMs)),
  );
  expect(shown).toEqual([
    ['03:07:11.000', 'eth0', 'in', 'who', '192.168.10.208', '00:1b:21:3c:9d:f0', 'answered'],
    ['03:07:11.000', 'eth0', 'out', 'is-at', '192.168.10.208', '00:1b:21:3c:9d:f0', 'ours 0.21ms'],
    ['03:07:11.000', 'eth0', 'in', 'una', '2001:db8::10', '00:1b:21:3c:9d:f0', 'answered'],
    ['03:07:11.000', 'eth0', 'in', '-', 'vlan 10', '00:1b:21:3c:9d:f0', 'ignored (vlan_tagged)'],
  ]);
});

describe('the answer', () => {
  const asked: TrafficQuery[] = [];
  const backend = {
    ...fakeBackend(daemonView()),
    traffic(query: TrafficQuery) {
      asked.push(query);
      return { frames: [item, answer].filter(query.test), next: 'n', lost: [], skipped: [], kernelDrops: [] };
    },
  };
  const ask = (text: string) => trafficAnswer(new URLSearchParams(text), backend);

  test('hands on where to begin, how much, and what fits', () => {
    expect(ask('after=x&limit=5&filter=dir:out')).toMatchObject({
      kind: 'TrafficList',
      node: 'edge-1',
      generatedAt: '2026-11-23T03:07:21.000Z',
      items: [answer],
      next: 'n',
    });
    expect(asked.at(-1)).toMatchObject({ after: 'x', limit: 5 });
    ask('');
    expect(asked.at(-1)).toMatchObject({ after: null, limit: 1000 });
    ask('limit=999999');
    expect(asked.at(-1)?.limit).toBe(10_000);
  });

  test('says what is wrong with a request', () => {
    expect(ask('limit=0')).toContain('limit');
    expect(ask('limit=-1')).toContain('limit');
    expect(ask('filter=vpi:1')).toBe('filter: unknown field vpi (did you mean vip)');
  });

  test('without a daemon that writes frames down there are none', () => {
    expect(trafficAnswer(new URLSearchParams(), fakeBackend())).toMatchObject({ items: [], next: '' });
  });
});
