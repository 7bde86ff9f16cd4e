// explain leader/ADDRESS and policy/NAME as the API answers them.
import { describe, expect, test } from 'bun:test';
import { explainAnswer } from '#control/explain-answer.ts';
import { leaders } from '#control/leadership.ts';
import type { GroupView } from '#model/group-view.ts';
import type { Peer } from '#model/peers.ts';
import type { DaemonView } from '#ports.ts';
import { daemonView } from '../../support/daemon-view.ts';
import { policy, pool, service } from '../../support/objects.ts';
import { boxes, groupOf } from '../../support/vrrp-world.ts';
import { requesting } from '../../support/world.ts';

const ip = '10.0.0.9';
const [box] = boxes(1, {
  pools: [pool('blue', '10.0.0.0/16')],
  policies: [policy('lan')],
  services: [service('s/web', requesting(ip))],
});
const { snapshot } = box?.world ?? expect.unreachable();
const group = groupOf(snapshot.desired, ip) ?? 0;
const eth1: GroupView = {
  interface: 'eth1',
  group,
  phase: 'backup',
  leader: { name: 'edge-2', address: '10.0.255.2' },
  term: 7,
  sinceMs: 1_000,
  priority: 238,
};
const peer = (state: Peer['state']): Peer => ({
  node: 'edge-2',
  instance: 'x',
  state,
  version: '',
  generation: 1,
  configHash: '',
  labels: {},
  vips: 0,
  address: null,
  heardMs: 0,
  clockAheadMs: null,
  macs: [],
  links: [
    {
      interface: 'eth1',
      remote: 'eth0',
      mac: '02:00:00:00:00:02',
      addresses: ['10.0.255.2'],
      led: new Set(),
      eligible: new Set([group]),
      hearsUs: true,
      heardMs: 0,
    },
  ],
  choices: [{ interface: 'eth1', eligible: new Set([group]) }],
});

function steps(object: string, more: Partial<DaemonView> = {}) {
  const found = explainAnswer(daemonView({ node: 'edge-1', snapshot, captures: [], ...more }), object);
  if (!found.ok) throw new Error(found.message);
  return new Map(found.value.steps.map((step) => [step.name, step]));
}

describe('leader/ADDRESS', () => {
  test('names who leads, since when, and ranks the boxes, also one that is lost', () => {
    const told = steps(`leader/${ip}`, { groups: [eth1], peers: [peer('ready')] });
    expect(told.get('leader eth1')).toMatchObject({
      result: 'pass',
      code: 'LL-ELECT-000',
      message: `edge-2 (10.0.255.2) leads group ${group} on eth1 since 1970-01-01T00:00:01.000Z; term 7, priority 238 here`,
    });
    expect(told.get('ranking eth1')?.message).toMatch(/edge-1, then edge-2|edge-2, then edge-1/);
    const alone = steps(`leader/${ip}`, { groups: [], peers: [peer('lost')] });
    expect(alone.get('ranking eth1')?.message).toContain('edge-2 (cannot lead now)');
  });

  test.each([
    [{ leader: null }, 'fail', 'LL-ELECT-010', `Nobody is known to lead group ${group} on eth1`],
    [{ phase: 'refused', leader: null }, 'fail', 'LL-ELECT-011', 'Another installation uses the id'],
    [{ phase: 'active', leader: { name: 'edge-1', address: null } }, 'pass', 'LL-ELECT-000', 'This node leads group'],
    [{ phase: 'leaving', leader: { name: 'edge-1', address: null } }, 'pass', 'LL-ELECT-000', 'about to give it up'],
    [{ leader: { name: null, address: '10.0.255.3' } }, 'pass', 'LL-ELECT-000', '10.0.255.3 leads group'],
  ] as const)('%p', (more, result, code, message) => {
    const step = steps(`leader/${ip}`, { groups: [{ ...eth1, ...more }] }).get('leader eth1');
    expect(step).toMatchObject({ result, code });
    expect(step?.message).toContain(message);
  });

  test('a router that is set up otherwise is a step that fails, and a word in get leaders', () => {
    const differs = { what: 'interval', sender: '10.0.255.3', groups: [group], heard: '1000', own: '100' } as const;
    const elsewhere = { ...differs, what: 'other_id', heard: '10.0.0.8' } as const;
    const groups = [{ ...eth1, differences: [elsewhere, differs] }];
    const told = steps(`leader/${ip}`, { groups });
    const message = expect.stringContaining('10.0.255.3 on eth1');
    expect(told.get('router eth1')).toMatchObject({ result: 'fail', code: 'LL-ELECT-012', message });
    expect(told.get('router eth1')?.fix).toEqual([expect.stringContaining('advert_int 0.1')]);
    const [item] = leaders(daemonView({ node: 'edge-1', snapshot, captures: [], groups }));
    expect(item).toMatchObject({ state: 'standby', message });
    // Of the same priority: worth a word, and no fault.
    const equal = { ...differs, what: 'priority' } as const;
    expect(steps(`leader/${ip}`, { groups: [{ ...eth1, differences: [equal] }] }).get('router eth1')?.result).toBe(
      'skipped',
    );
  });

  test('an address that nobody has is not found, one that is none is refused', () => {
    const answer = (object: string) => explainAnswer(daemonView({ snapshot }), object);
    expect(answer('leader/10.9.9.9')).toMatchObject({ ok: false, status: 404 });
    expect(answer('leader/ten')).toMatchObject({ ok: false, status: 400 });
  });
});

test('policy/NAME tells what it selects; one that is not declared is not found', () => {
  expect(steps('policy/lan').get('services')?.message).toBe('It selects one service: s/web');
  expect(explainAnswer(daemonView({ snapshot }), 'policy/wan')).toMatchObject({ ok: false, status: 404 });
});

test('leaders and explain tell the same term of a group, led here or not', () => {
  for (const leads of [true, false]) {
    const candidacies = snapshot.desired.candidacies.map((row) => ({ ...row, leads }));
    const told = { ...snapshot, desired: { ...snapshot.desired, candidacies } };
    const rows = [...leaders(daemonView({ node: 'edge-1', snapshot: told, groups: [eth1] }))];
    expect(rows.find((row) => row.interface === 'eth1' && row.group === group)?.term).toBe(7);
  }
});
