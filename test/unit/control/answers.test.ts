import { expect, test } from 'bun:test';
import { statusAnswer } from '#control/answers.ts';
import { countVips, leaders } from '#control/leadership.ts';
import { whoHasAnswer } from '#control/who-has-answer.ts';
import { capture, daemonView, snapshot } from '../../support/daemon-view.ts';
import { address, networkInterface } from '../../support/objects.ts';

const unselected = {
  ...snapshot(),
  desired: {
    ...snapshot().desired,
    unannounced: [
      {
        address: address('192.168.10.209'),
        services: ['dns/resolver'],
        reasons: [{ code: 'no_policy' as const }],
        group: 0,
      },
    ],
  },
};

test('leaders: an answered row is here, with term, since and MAC', () => {
  expect([...leaders(daemonView())][0]).toMatchObject({
    ip: '192.168.10.208',
    state: 'here',
    leader: 'edge-1',
    term: 3,
    since: '2026-11-23T02:07:21.000Z',
    mac: '02:00:00:00:00:01',
    group: 0,
  });
});

test('leaders: a selected address without a row is answered by nobody and says why', () => {
  const [, nobody] = [...leaders(daemonView())];
  expect(nobody).toMatchObject({ ip: '192.168.10.209', state: 'nobody', leader: null, interface: null });
  expect(nobody?.message).toContain('192.168.10.209');
});

test('leaders: an address that no policy selects is not listed', () => {
  expect([...leaders(daemonView({ snapshot: unselected }))].map(({ ip }) => ip)).toEqual(['192.168.10.208']);
});

test('leaders: a row that is not in the table yet is claiming, and one on a closed interface is answered by nobody', () => {
  expect([...leaders(daemonView({ captures: [capture({ rows: [] })] }))][0]).toMatchObject({ state: 'claiming' });
  const closed = [...leaders(daemonView({ captures: [capture({ capture: 'down' })] }))][0];
  expect(closed).toMatchObject({ state: 'nobody', leader: null });
});

test('countVips() counts addresses, also those that no policy announces', () => {
  expect(countVips(daemonView())).toEqual({ total: 2, here: 1, peers: 0, claiming: 0, nobody: 1 });
  expect(countVips(daemonView({ snapshot: unselected }))).toMatchObject({ total: 2, nobody: 1 });
});

test('an address that is answered on one of two interfaces counts as here, once', () => {
  const [row] = snapshot().desired.announcements;
  if (!row) throw new Error('no row');
  const desired = { ...snapshot().desired, announcements: [row, { ...row, interface: 'eth1' }], unannounced: [] };
  const observed = { ...snapshot().observed, interfaces: [networkInterface('eth0'), networkInterface('eth1')] };
  const captures = [capture(), capture({ interface: 'eth1', capture: 'down', rows: [] })];
  const view = daemonView({ snapshot: { ...snapshot(), observed, desired }, captures });
  expect(countVips(view)).toMatchObject({ total: 2, here: 1, nobody: 1 });
});

test('status is critical, degraded or ok by its worst problem and its configuration', () => {
  const problem = { code: 'DUP', object: 'ip/1', message: '', hint: '', sinceMs: 0 };
  const state = (more: Parameters<typeof daemonView>[0]) => statusAnswer(daemonView(more), '/a').state;
  expect(state({ problems: [] })).toBe('ok');
  expect(state({ problems: [{ ...problem, severity: 'info' }] })).toBe('ok');
  expect(state({ problems: [{ ...problem, severity: 'warning' }] })).toBe('degraded');
  expect(state({ problems: [], configValid: false })).toBe('degraded');
  expect(state({ problems: [{ ...problem, severity: 'critical' }] })).toBe('critical');
});

test('status tells whether the files on disk are what runs', () => {
  const disk = (more: Parameters<typeof daemonView>[0]) => statusAnswer(daemonView(more), '/a').disk;
  expect(disk({})).toBe('same');
  expect(disk({ isDiskNewer: true })).toBe('changed');
  expect(disk({ configValid: false })).toBe('refused');
});

test('who-has tells the responder, its services, pool and policy', () => {
  expect(whoHasAnswer(daemonView(), address('192.168.10.208'))).toMatchObject({
    ip: '192.168.10.208',
    probed: false,
    responders: [{ node: 'edge-1', mac: '02:00:00:00:00:01', interface: 'eth0', kind: 'self', source: 'table' }],
    services: ['default/api', 'default/web'],
    pool: 'blue',
    policies: ['lan'],
  });
});

test('who-has knows no responder for an address that is allocated but not answered, or strange', () => {
  expect(whoHasAnswer(daemonView(), address('192.168.10.209'))).toMatchObject({ responders: [], pool: 'blue' });
  expect(whoHasAnswer(daemonView(), address('10.9.9.9'))).toMatchObject({ responders: [], services: [], pool: null });
});

test('who-has: an address of an own interface is this node, which hears no question of its own', () => {
  const self = { node: 'edge-1', mac: '02:00:00:00:00:01', interface: 'eth0', kind: 'self', source: 'table', count: 0 };
  expect(whoHasAnswer(daemonView(), address('192.168.10.2'), []).responders).toMatchObject([self]);
  const base = snapshot();
  const observed = { ...base.observed, deliveredAddresses: new Set(['192.168.10.2']) };
  const delivered = daemonView({ snapshot: { ...base, observed } });
  expect(whoHasAnswer(delivered, address('192.168.10.2'), []).responders).toEqual([]);
});

test('who-has: what answers for an address in quarantine is counted with the claim that put it there', () => {
  const mac = '02:00:00:00:00:99';
  const entry = { address: address('192.168.10.210'), interface: 'eth0', mac, sinceMs: 1 };
  const view = daemonView({ claims: { duplicates: [], quarantine: [entry] } });
  const count = (asked: Parameters<typeof whoHasAnswer>[2]) =>
    whoHasAnswer(view, entry.address, asked).responders.map((one) => one.count);
  expect(count(null)).toEqual([1]);
  expect(count([{ interface: 'eth0', mac, rttSeconds: 0.001, count: 2 }])).toEqual([3]);
});
