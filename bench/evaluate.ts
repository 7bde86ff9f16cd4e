// Cost of `evaluate` as the daemon calls it, round after round: CSV on stdout, and lines with # that say whether the aims are met.
//   bun bench/evaluate.ts [--services 1000,10000,100000] [--pools 1,100,1000] [--family IPv4,IPv6]
//     [--kind plain,shared,selected,waiting] [--runs 3]
// A case is a process of its own, so that memory is that of one case alone and the first round is really the first.
//   plain: every service gets an address.  shared: every fifth service shares with four others.
//   selected: every service belongs to one pool by a label.  waiting: the pools have half of the addresses.
import { parseArgs } from 'node:util';
import { evaluate } from '#core/evaluate.ts';
import type { Family } from '#model/address.ts';
import { defaultNodeConfig } from '#model/node-config.ts';
import type { Inputs, Interface, Pool, Service } from '#model/resources.ts';
import type { Memory, Observed } from '#model/snapshot.ts';

const { values } = parseArgs({
  options: {
    services: { type: 'string', default: '1000,10000,100000' },
    pools: { type: 'string', default: '1,100,1000' },
    family: { type: 'string', default: 'IPv4,IPv6' },
    kind: { type: 'string', default: 'shared' },
    runs: { type: 'string', default: '3' },
    one: { type: 'boolean', default: false },
  },
});

interface Case {
  readonly services: number;
  readonly pools: number;
  readonly family: Family;
  readonly kind: string;
}

const ethernet: Interface = {
  name: 'eth0',
  index: 2,
  mac: '02:00:00:00:00:01',
  up: true,
  carrier: true,
  carrierUps: 1,
  loopback: false,
  arp: true,
  master: null,
  addresses: [],
  gateways: [],
};

const measured = [
  'cold_ms',
  'same_ms',
  'edit_ms',
  'add_ms',
  'remove_ms',
  'link_ms',
  'reload_ms',
  'rss_mib',
  'peak_mib',
];
/** Upper bounds at 100,000 services. */
const aims: Readonly<Record<string, number>> = { cold_ms: 1500, edit_ms: 50, add_ms: 50, remove_ms: 50, rss_mib: 400 };
const list = (text: string) => text.split(',').map((part) => part.trim());

if (values.one) {
  const { services, pools, family, kind } = values;
  console.log(measure({ services: Number(services), pools: Number(pools), family: family as Family, kind }).join(','));
} else {
  console.log(['services', 'pools', 'family', 'kind', ...measured].join(','));
  for (const kind of list(values.kind)) {
    for (const family of list(values.family)) {
      for (const pools of list(values.pools)) {
        for (const services of list(values.services)) report(services, pools, family, kind);
      }
    }
  }
}

/** One line: the median of several processes. */
function report(services: string, pools: string, family: string, kind: string): void {
  const args = ['--one', '--services', services, '--pools', pools, '--family', family, '--kind', kind];
  const runs = Array.from({ length: Number(values.runs) }, () => {
    const child = Bun.spawnSync([process.execPath, import.meta.path, ...args]);
    if (!child.success) throw new Error(child.stderr.toString());
    return child.stdout.toString().trim().split(',').map(Number);
  });
  const medians = measured.map((_, i) => median(runs.map((run) => run[i] ?? 0)));
  console.log([services, pools, family, kind, ...medians.map((value) => value.toFixed(1))].join(','));
  if (services !== '100000') return;
  measured.forEach((name, i) => {
    const [aim, value] = [aims[name], medians[i] ?? 0];
    if (aim === undefined) return;
    console.log(`# ${value <= aim ? 'met   ' : 'MISSED'} ${name} ${value.toFixed(1)} (aim ${aim})`);
  });
}

/** In the order of `measured`. */
function measure(one: Case): number[] {
  const fresh: Memory = { allocations: [], goodPools: new Map(), goodPolicies: new Map() };
  let inputs = inputsOf(one);
  let memory = fresh;
  let nowMs = 0;
  const round = (more: Partial<Observed> = {}) =>
    timed(() => {
      ({ memory } = evaluate({ ...observed(inputs, memory, nowMs++), ...more }));
    });
  const cold = round();
  // What is at rest: after the first garbage collection, with everything that the next round goes on with.
  const rss = settledMemory();
  const same = round();
  const edits: number[] = [];
  const adds: number[] = [];
  const removes: number[] = [];
  for (let run = 0; run < 9; run++) {
    const at = Math.floor((one.services * (run + 0.5)) / 9);
    inputs = { ...inputs, services: inputs.services.map((service, i) => (i === at ? edited(service, run) : service)) };
    edits.push(round());
    inputs = { ...inputs, services: [...inputs.services, serviceOf(one.services + run, one)] };
    adds.push(round());
    inputs = { ...inputs, services: inputs.services.toSpliced(at, 1) };
    removes.push(round());
  }
  const link = round({ interfaces: [{ ...ethernet, carrierUps: 2 }] });
  const memoryBefore = memory;
  inputs = structuredClone(inputs);
  const reload = round({ interfaces: [{ ...ethernet, carrierUps: 2 }] });
  if (memoryBefore.allocations.length !== memory.allocations.length) throw new Error('a reload changed allocations');
  const peak = process.resourceUsage().maxRSS / 1024;
  return [cold, same, median(edits), median(adds), median(removes), link, reload, rss, peak];
}

function settledMemory(): number {
  Bun.gc(true);
  // The allocator returns pages some hundred milliseconds later.
  Bun.sleepSync(1000);
  return process.memoryUsage.rss() / 2 ** 20;
}

function edited(service: Service, run: number): Service {
  return { ...service, annotations: { ...service.annotations, 'lbipam.cilium.io/sharing-key': `edit-${run}` } };
}

function timed(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function median(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 0;
}

function inputsOf(one: Case): Inputs {
  const share = one.kind === 'waiting' ? 0.5 : 1.2;
  const size = Math.ceil((one.services / one.pools) * share) + 4;
  const policy = { name: 'all', labels: {}, annotations: {}, createdMs: 0, interfaces: ['^eth'] };
  return {
    pools: Array.from({ length: one.pools }, (_, i) => poolOf(i, size, one)),
    policies: [{ ...policy, externalIPs: false, loadBalancerIPs: true }],
    services: Array.from({ length: one.services }, (_, i) => serviceOf(i, one)),
    endpointSlices: [],
    nodes: [],
  };
}

function poolOf(i: number, size: number, { family, kind }: Case): Pool {
  const start = 0x0a00_0000 + i * size;
  const octets = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
  const prefix = `fd00:${(i + 1).toString(16)}:`;
  // Pools of a /48, but for those that are to run out.
  const block =
    family === 'IPv4'
      ? { start: octets(start), stop: octets(start + size - 1) }
      : kind === 'waiting'
        ? { start: `${prefix}:`, stop: `${prefix}:${(size >>> 16).toString(16)}:${(size & 0xffff).toString(16)}` }
        : { cidr: `${prefix}:/48` };
  const tier = kind === 'selected' ? `t${i}` : i % 10 === 9 ? 'none' : null;
  return {
    name: `pool-${i}`,
    labels: {},
    annotations: {},
    createdMs: i,
    blocks: [block],
    allowFirstLastIPs: true,
    disabled: false,
    usesCidrs: false,
    ...(tier === null ? {} : { serviceSelector: { matchLabels: { tier } } }),
  };
}

function serviceOf(i: number, { family, kind, pools }: Case): Service {
  const annotations: Record<string, string> =
    kind === 'shared' && i % 5 === 0 ? { 'lbipam.cilium.io/sharing-key': `k${Math.floor(i / 25)}` } : {};
  return {
    namespace: `ns-${i % 100}`,
    name: `service-${i}`,
    labels: { app: `a${i % 1000}`, tier: `t${i % pools}` },
    annotations,
    createdMs: i,
    type: 'LoadBalancer',
    externalIPs: [],
    ipFamilies: [family],
    externalTrafficPolicy: 'Cluster',
    selector: {},
    ports: [{ port: 1 + (i % 60_000), protocol: 'TCP' }],
    status: { ingress: [], conditions: [] },
  };
}

function observed(inputs: Inputs, memory: Memory, nowMs: number): Observed {
  return {
    inputs,
    config: defaultNodeConfig('bench'),
    options: {
      ipv4: true,
      ipv6: true,
      defaultLBServiceIPAM: 'lbipam',
      l2Announcements: true,
      bgpControlPlane: false,
      adoptStatus: nowMs === 0,
      nowMs,
    },
    node: { name: 'bench', labels: {} },
    interfaces: [ethernet],
    deliveredAddresses: new Set(),
    leadership: { kind: 'all' },
    memory,
  };
}
