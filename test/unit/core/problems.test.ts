// Running problems: what earns one, how bad it is, and since when.
import { describe, expect, test } from 'bun:test';
import { dateProblems, type ProblemFacts, runningProblems } from '#core/problems.ts';
import type { Reason } from '#model/reason.ts';
import type { Desired, PoolOutcome, ServiceOutcome } from '#model/snapshot.ts';
import { address, inputs, memory, networkInterface, nodeConfig } from '../../support/objects.ts';

function facts(desired: Partial<Desired> = {}, more: Partial<ProblemFacts> = {}): ProblemFacts {
  const whole: Desired = {
    services: [],
    pools: [],
    policies: [],
    allocations: [],
    announcements: [],
    candidacies: [],
    unannounced: [],
    groups: [],
    warnings: [],
    problems: [],
    memory: memory(),
    ...desired,
  };
  const observed = {
    inputs: inputs(),
    config: nodeConfig(),
    options: {
      ipv4: true,
      ipv6: true,
      defaultLBServiceIPAM: 'lbipam' as const,
      l2Announcements: true,
      bgpControlPlane: false,
      adoptStatus: false,
      nowMs: 0,
    },
    node: { name: 'n', labels: {} },
    interfaces: [],
    deliveredAddresses: new Set<string>(),
    leadership: { kind: 'all' as const },
    memory: memory(),
  };
  return {
    snapshot: { revision: 1, observed, desired: whole },
    links: [],
    refused: null,
    generation: 4,
    stateFault: null,
    stateDamage: null,
    paths: ['/etc/lanlord'],
    deliveryFaults: [],
    bug: null,
    ...more,
  };
}

function pool(more: Partial<PoolOutcome>): PoolOutcome {
  const flags = { disabled: false, conflict: false, valid: true, conditions: [] };
  return { name: 'blue', ranges: [], blocks: [], total: 10n, used: 0n, available: 10n, ...flags, ...more };
}

function outcome(key: string, state: ServiceOutcome['state'], reasons: readonly Reason[]): ServiceOutcome {
  const [namespace = '', name = ''] = key.split('/');
  return {
    key,
    namespace,
    name,
    handled: true,
    state,
    addresses: [],
    families: ['IPv4'],
    reasons,
    ingress: null,
    withdrawn: [],
    condition: null,
    clearsCondition: false,
  };
}

function row(ip: string, name: string) {
  return { address: address(ip), interface: name, services: ['a/web'], policies: ['p'], group: 0 };
}

function brief(given: ProblemFacts): string[] {
  return runningProblems(given).map(({ code, severity, object }) => `${code} ${severity} ${object}`);
}

describe('runningProblems()', () => {
  test('a healthy box has none', () => {
    const links = [{ interface: 'eth0', capture: 'open' as const, detail: '' }];
    const services = [outcome('a/web', 'ready', [])];
    expect(
      brief(facts({ announcements: [row('10.0.0.1', 'eth0')], services, pools: [pool({ used: 8n })] }, { links })),
    ).toEqual([]);
  });

  test('pending and partial services that are ours, with the sentence of their first reason', () => {
    const services = [
      outcome('a/none', 'pending', [{ code: 'out_of_ips' }]),
      outcome('a/half', 'partial', [{ code: 'no_pool', address: null }]),
      { ...outcome('a/foreign', 'pending', [{ code: 'class_required' }]), handled: false },
      outcome('a/own', 'pending', [{ code: 'own_address', address: '10.0.0.5', interface: 'eth0' }]),
    ];
    expect(brief(facts({ services }))).toEqual([
      'OWN warning svc/a/own',
      'PEND warning svc/a/none',
      'PEND warning svc/a/half',
    ]);
  });

  test('a pool from ninety per cent on, an overlap, a bad block; a disabled pool is nobody’s problem', () => {
    const pools = [
      pool({ name: 'nearly', used: 9n, available: 1n }),
      pool({ name: 'ok', total: 100n, used: 89n }),
      pool({ name: 'off', used: 10n, disabled: true }),
      pool({ name: 'empty', total: 0n }),
      pool({ name: 'both', conflict: true }),
      pool({ name: 'bad', valid: false }),
    ];
    expect(brief(facts({ pools }))).toEqual([
      'INVALID warning pool/bad',
      'OVERLAP warning pool/both',
      'POOL warning pool/nearly',
    ]);
  });

  test('nobody answers for what has no group or may not be led here, unless another box is known to lead it', () => {
    const why = (ip: string, group: number, reason: Reason) => {
      return { address: address(ip), services: ['a/web'], reasons: [reason], group };
    };
    const unannounced = [
      why('10.0.0.1', 0, { code: 'group_id_taken', id: 51, by: ['p'] }),
      why('10.0.0.2', 130, { code: 'no_carrier', interface: 'eth0' }),
      why('10.0.0.3', 131, { code: 'off_link', address: '10.0.0.3', interface: 'eth0' }),
      why('10.0.0.4', 132, { code: 'not_leader', address: '10.0.0.4', interface: 'eth0', group: 132, leader: null }),
    ];
    const given = facts({ unannounced });
    const led = (...keys: readonly string[]): ProblemFacts => {
      if (!given.snapshot) throw new Error('no snapshot');
      const leaders = new Map(keys.map((key) => [key, 'edge-2']));
      const leadership = { kind: 'groups' as const, active: new Set<string>(), leaders };
      return { ...given, snapshot: { ...given.snapshot, observed: { ...given.snapshot.observed, leadership } } };
    };
    const nobody = (...ends: readonly number[]) => ends.map((end) => `NOBODY critical ip/10.0.0.${end}`);
    expect(brief(led())).toEqual(nobody(1, 2, 3));
    expect(brief(led('eth0 130', 'eth1 131'))).toEqual(nobody(1));
  });

  test('nobody answers where a policy wants an answer, and only there', () => {
    const why = (ip: string, reason: Reason) => ({
      address: address(ip),
      services: ['a/web'],
      reasons: [reason],
      group: 0,
    });
    const unannounced = [
      why('10.0.0.1', { code: 'policy_no_interface', policy: 'p' }),
      why('10.0.0.2', { code: 'no_policy' }),
      why('10.0.0.3', { code: 'not_leader', address: '10.0.0.3', interface: 'eth0', group: 0, leader: null }),
      why('10.0.0.4', { code: 'off_link', address: '10.0.0.4', interface: 'eth0' }),
      why('10.0.0.5', { code: 'own_address', address: '10.0.0.5', interface: 'eth0' }),
    ];
    expect(brief(facts({ unannounced }))).toEqual([
      'NOBODY critical ip/10.0.0.1',
      'NOBODY critical ip/10.0.0.4',
      'OWN critical ip/10.0.0.5',
    ]);
  });

  test('an address is heard when one of its links is open', () => {
    const links = [
      { interface: 'eth0', capture: 'down' as const, detail: 'down' },
      { interface: 'eth1', capture: 'open' as const, detail: '' },
    ];
    const announcements = [row('10.0.0.1', 'eth0'), row('10.0.0.1', 'eth1'), row('10.0.0.2', 'eth0')];
    expect(brief(facts({ announcements }, { links }))).toEqual([
      'NOBODY critical ip/10.0.0.2',
      'LINK warning interface/eth0',
    ]);
  });

  test('a refused configuration, a state that cannot be written, a denied link, a bug: critical, before any warning', () => {
    const links = [{ interface: 'eth0', capture: 'denied' as const, detail: 'Operation not permitted' }];
    const position = { file: 'a.yaml', line: 2, column: 7, code: 'LL-CFG-002', path: 'spec' };
    const warning = { ...position, severity: 'warning' as const, scope: 'object' as const, message: 'meh', hint: '' };
    const refused = {
      problems: [warning, { ...warning, severity: 'error' as const, message: 'bad' }],
      vanished: false,
    };
    const given = facts(
      { pools: [pool({ used: 10n, available: 0n })] },
      { links, refused, stateFault: 'full', stateDamage: 'kept aside', bug: 'boom\n at x', deliveryFaults: ['no'] },
    );
    expect(brief(given)).toEqual([
      'CAP critical interface/eth0',
      'STALE-CFG critical config',
      'STATE critical state',
      'DELIVERY critical delivery',
      'BUG critical daemon',
      'STATE warning state/damage',
      'POOL warning pool/blue',
    ]);
    expect(runningProblems(given)[1]?.message).toStartWith('a.yaml:2:7: error[LL-CFG-002]: bad (and 1 more)');
  });

  test('regression: many pending services do not push what concerns every address out of sight', () => {
    const services = Array.from({ length: 20 }, (_, i) => outcome(`a/s${i}`, 'pending', [{ code: 'out_of_ips' }]));
    const between = [
      { code: 'CONF', severity: 'warning' as const, object: 'node/b', message: 'another configuration', hint: '' },
    ];
    const found = brief(facts({ services, pools: [pool({ name: 'bad', valid: false })] }, { between }));
    expect(found.slice(0, 3)).toEqual(['CONF warning node/b', 'INVALID warning pool/bad', 'PEND warning svc/a/s0']);
  });

  test('of 100,000 pending services a thousand are listed, and how many more', () => {
    const services = Array.from({ length: 100_000 }, (_, i) => outcome(`a/s${i}`, 'pending', [{ code: 'out_of_ips' }]));
    const found = runningProblems(facts({ services }));
    expect(found.length).toBe(1001);
    expect(found.at(-1)).toMatchObject({ code: 'PEND', object: 'more', message: '99000 more of this kind' });
  });

  test('what evaluation itself reports is listed once', () => {
    const problems = [{ code: 'PEND', severity: 'warning' as const, object: 'svc/a/x', message: 'mine', hint: '' }];
    expect(
      runningProblems(facts({ problems, services: [outcome('a/x', 'pending', [{ code: 'out_of_ips' }])] })),
    ).toEqual(problems);
  });
});

describe('warnings of the evaluation', () => {
  test('are listed by object, as information', () => {
    const warnings = ['Pool "a" is odd', 'Service "ns/web" is odd', 'Pool "a" is old', 'something is treated as else'];
    const found = runningProblems(facts({ warnings }));
    expect(found.map(({ code, severity, object, message }) => [code, severity, object, message])).toEqual([
      ['NOTE', 'info', 'pool/a', 'Pool "a" is odd; Pool "a" is old'],
      ['NOTE', 'info', 'svc/ns/web', 'Service "ns/web" is odd'],
      ['NOTE', 'info', 'config', 'something is treated as else'],
    ]);
  });

  test('are not said twice', () => {
    const [invalid] = runningProblems(facts({ pools: [pool({ valid: false })] }));
    const warnings = [invalid?.message ?? ''];
    expect(brief(facts({ pools: [pool({ valid: false })], warnings }))).toEqual(['INVALID warning pool/blue']);
  });
});

describe('addresses beyond limits.addresses', () => {
  const limited = (addresses: number, rows: readonly ReturnType<typeof row>[]) => {
    const given = facts({ announcements: rows });
    const { snapshot } = given;
    if (!snapshot) return expect.unreachable();
    const config = { ...nodeConfig(), limits: { addresses } };
    return { ...given, snapshot: { ...snapshot, observed: { ...snapshot.observed, config } } };
  };

  test('are a critical problem of each interface that has them, with both numbers', () => {
    const rows = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((ip) => row(ip, 'eth0'));
    const found = runningProblems(limited(2, [...rows, row('10.0.0.1', 'eth1')]));
    expect(found.map(({ code, severity, object }) => `${code} ${severity} ${object}`)).toEqual([
      'FULL critical interface/eth0',
    ]);
    expect(found[0]?.message).toBe('1 of 3 addresses are not answered on "eth0": its table has 2 rows');
  });

  test('as many as there are rows, on two interfaces, are none', () => {
    const rows = ['eth0', 'eth1'].flatMap((name) => ['10.0.0.1', '10.0.0.2'].map((ip) => row(ip, name)));
    expect(brief(limited(2, rows))).toEqual([]);
  });
});

test('a tracked interface that is not there is told with those that are: no other sign is there while a peer leads', () => {
  const given = facts({ candidacies: [{ ...row('10.0.0.1', 'eth0'), leads: false, refusal: null }] });
  const { snapshot } = given;
  if (!snapshot) return expect.unreachable();
  const { election } = nodeConfig();
  const told = (names: readonly string[], mode: 'vrrp' | 'solo' = 'vrrp') => {
    const config = { ...nodeConfig(), election: { ...election, mode, track: { interfaces: names } } };
    const interfaces = [networkInterface('lo'), networkInterface('eth0'), networkInterface('eth1', { carrier: false })];
    const observed = { ...snapshot.observed, config, interfaces };
    return runningProblems({ ...given, snapshot: { ...snapshot, observed } }).filter(({ code }) => code === 'LINK');
  };
  expect(told(['eth9'])).toMatchObject([{ severity: 'warning', object: 'interface/eth9' }]);
  expect(told(['eth9'])[0]?.hint).toContain('this box has eth0, eth1');
  expect(told(['eth1'])[0]?.hint).toBe('ip link show eth1');
  expect([...told(['eth0']), ...told(['eth9'], 'solo')]).toEqual([]);
});

test('an election mode that this version has not is critical: two such boxes would both answer', () => {
  const given = facts();
  const { snapshot } = given;
  if (!snapshot) return expect.unreachable();
  const config = { ...nodeConfig(), election: { ...nodeConfig().election, mode: 'lease' as const } };
  const changed = { ...snapshot, observed: { ...snapshot.observed, config } };
  expect(brief({ ...given, snapshot: changed })).toEqual(['ELECTION critical config/election']);
});

describe('dateProblems()', () => {
  test('keeps the time of what lasts, whatever its text says, and dates what is new', () => {
    const old = {
      code: 'POOL',
      severity: 'warning' as const,
      object: 'pool/blue',
      message: '1 left',
      hint: '',
      sinceMs: 5,
    };
    const now = dateProblems(
      [old],
      [
        { ...old, message: '0 left' },
        { ...old, object: 'pool/red' },
      ],
      9,
    );
    expect(now.map(({ object, sinceMs, message }) => [object, sinceMs, message])).toEqual([
      ['pool/blue', 5, '0 left'],
      ['pool/red', 9, '1 left'],
    ]);
    expect(dateProblems([], now, 12)[0]?.sinceMs).toBe(12);
  });
});
