// Cost of a whole round of the daemon: evaluate, state on disk, shared tables, journal, problems. CSV on stdout.
//   bun bench/round.ts [--services 100000] [--changes 9]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Announcer } from '#announce/announcer.ts';
import { evaluate } from '#core/evaluate.ts';
import { Chronicle } from '#daemon/chronicle.ts';
import { ProblemBoard } from '#daemon/problem-board.ts';
import { type RoundParts, Rounds } from '#daemon/rounds.ts';
import { DaemonStore } from '#daemon/store.ts';
import { defaultNodeConfig } from '#model/node-config.ts';
import type { Inputs, Service } from '#model/resources.ts';
import type { Clock } from '#ports.ts';
import { openSqliteStore } from '#state/open-sqlite-store.ts';

const { values } = parseArgs({
  options: { services: { type: 'string', default: '100000' }, changes: { type: 'string', default: '9' } },
});
const count = Number(values.services);
const columns = ['round_ms', 'evaluate_ms', 'save_ms', 'apply_ms', 'claims_ms', 'journal_ms', 'problems_ms'];
type Column = (typeof columns)[number];

const spent = new Map<Column, number>();
/** Runs and adds the time to a column. */
function timed<T>(column: Column, run: () => T): T {
  const start = performance.now();
  try {
    return run();
  } finally {
    spent.set(column, (spent.get(column) ?? 0) + performance.now() - start);
  }
}

const directory = mkdtempSync(join(tmpdir(), 'lanlord-round-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
const opened = openSqliteStore(directory);
if (opened.kind !== 'open') throw new Error('the state is in use');
const state = opened.store;
const clock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => Math.round(performance.now()),
  setTimeout: () => () => undefined,
};
const workers = {
  apply: () => undefined,
  wake: () => undefined,
  states: () => [{ interface: 'eth0', capture: 'open' as const, detail: '', kernelDrops: 0, announced: 0 }],
  settled: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
const groups = { apply: () => new Map<string, string>(), close: () => undefined };
const log = { write: () => undefined };
const announcer = new Announcer({ workers, groups, clock, log, onClaims: () => undefined });
const base = defaultNodeConfig('bench');
// Without probing every row is live at once, as it is some seconds after a start.
const config = {
  ...base,
  limits: { ...base.limits, addresses: count * 2 },
  conflict: { ...base.conflict, probe: false },
};
const eth = {
  name: 'eth0',
  index: 2,
  mac: '02:00:00:00:00:01',
  up: true,
  carrier: true,
  carrierUps: 1,
  loopback: false,
};
const links = [{ ...eth, arp: true, master: null, addresses: [], gateways: [] }];

/** The same object, but for the columns that these methods are counted under. */
function watched<T extends object>(object: T, methods: Readonly<Partial<Record<keyof T, Column>>>): T {
  return new Proxy(object, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      const column = methods[name as keyof T];
      const call = (...args: unknown[]): unknown => Reflect.apply(member, target, args);
      return column ? (...args: unknown[]) => timed(column, () => call(...args)) : call;
    },
  });
}

const sink = watched(announcer, { apply: 'apply_ms', claims: 'claims_ms' });
const parts: RoundParts = {
  links: { interfaces: () => links, watch: () => undefined, close: () => undefined },
  sink,
  state: watched(state, { saveMemory: 'save_ms', append: 'journal_ms' }),
  delivery: null,
  clock,
  evaluate: (observed) => timed('evaluate_ms', () => evaluate(observed)),
  nodeName: 'bench',
};
const store = new DaemonStore('bench');
const rounds = new Rounds(parts, store, new Chronicle(parts.state, log, store));
const board = new ProblemBoard({ ...parts, store, rounds, paths: ['a.yaml'] } as ConstructorParameters<
  typeof ProblemBoard
>[0]);

let generation = 0;
function round(name: string, inputs: Inputs): void {
  spent.clear();
  const active = {
    generation: ++generation,
    digest: `${generation}`,
    inputs,
    config,
    problems: [],
    settingPlaces: new Map(),
  };
  timed('round_ms', () => {
    rounds.run(active);
    timed('problems_ms', () => board.refresh());
  });
  console.log([name, count, ...columns.map((column) => (spent.get(column) ?? 0).toFixed(1))].join(','));
}

console.log(['round', 'services', ...columns].join(','));
let inputs: Inputs = {
  pools: [
    {
      name: 'blue',
      labels: {},
      annotations: {},
      createdMs: 0,
      blocks: [{ cidr: '10.0.0.0/8' }],
      allowFirstLastIPs: true,
      disabled: false,
      usesCidrs: false,
    },
  ],
  policies: [
    {
      name: 'all',
      labels: {},
      annotations: {},
      createdMs: 0,
      interfaces: [],
      externalIPs: false,
      loadBalancerIPs: true,
    },
  ],
  services: Array.from({ length: count }, (_, i) => service(i)),
  endpointSlices: [],
  nodes: [],
};
round('cold', inputs);
round('second', inputs);
round('third', inputs);
for (let i = 0; i < Number(values.changes); i++) {
  const at = Math.floor((count * (i + 0.5)) / Number(values.changes));
  const services = inputs.services.with(at, { ...service(count + i), createdMs: at });
  inputs = { ...inputs, services };
  round('one change', inputs);
}

function service(i: number): Service {
  return {
    namespace: `ns-${i % 100}`,
    name: `service-${i}`,
    labels: {},
    annotations: {},
    createdMs: i,
    type: 'LoadBalancer',
    externalIPs: [],
    ipFamilies: ['IPv4'],
    externalTrafficPolicy: 'Cluster',
    selector: {},
    ports: [{ port: 80, protocol: 'TCP' }],
    status: { ingress: [], conditions: [] },
  };
}
