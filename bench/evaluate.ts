// Cost of `evaluate`: cold, again with the same objects, and after one service changed. CSV on stdout.
//   bun bench/evaluate.ts [--services 1000,10000,100000] [--pools 1,100,1000] [--family IPv4,IPv6] [--runs 5]
// A row is one process (`--one`), so that memory is that of one case alone.
import { parseArgs } from 'node:util';
import { evaluate } from '#core/evaluate.ts';
import type { Family } from '#model/address.ts';
import { defaultNodeConfig } from '#model/node-config.ts';
import type { Inputs, Pool, Service } from '#model/resources.ts';
import type { Memory, Observed } from '#model/snapshot.ts';

const { values } = parseArgs({
  options: {
    services: { type: 'string', default: '1000,10000,100000' },
    pools: { type: 'string', default: '1,100,1000' },
    family: { type: 'string', default: 'IPv4,IPv6' },
    runs: { type: 'string', default: '5' },
    one: { type: 'boolean', default: false },
  },
});

const columns = 'services,pools,family,cold_ms,reload_ms,same_ms,one_change_ms,rss_mib';
const list = (text: string) => text.split(',').map((part) => part.trim());

if (values.one) {
  console.log(measure(Number(values.services), Number(values.pools), values.family as Family, Number(values.runs)));
} else {
  console.log(columns);
  for (const family of list(values.family)) {
    for (const pools of list(values.pools)) {
      for (const services of list(values.services)) {
        const args = ['--one', '--services', services, '--pools', pools, '--family', family, '--runs', values.runs];
        const child = Bun.spawnSync([process.execPath, import.meta.path, ...args]);
        console.log(child.stdout.toString().trim() || child.stderr.toString().trim());
      }
    }
  }
}

function measure(services: number, pools: number, family: Family, runs: number): string {
  const fresh: Memory = { allocations: [], goodPools: new Map(), goodPolicies: new Map() };
  const cold: number[] = [];
  const reload: number[] = [];
  const same: number[] = [];
  const change: number[] = [];
  for (let run = 0; run < runs; run++) {
    const inputs = inputsOf(services, pools, family);
    const start = performance.now();
    const first = evaluate(observed(inputs, fresh));
    cold.push(performance.now() - start);
    reload.push(timed(() => evaluate(observed(inputsOf(services, pools, family), first.memory))));
    const second = evaluate(observed(inputs, first.memory));
    same.push(timed(() => evaluate(observed(inputs, second.memory))));
    const at = Math.floor(services / 2);
    const edited = inputs.services.map((service, i) =>
      i === at
        ? { ...service, annotations: { ...service.annotations, 'lbipam.cilium.io/sharing-key': `edit-${run}` } }
        : service,
    );
    change.push(timed(() => evaluate(observed({ ...inputs, services: edited }, second.memory))));
  }
  const rss = process.memoryUsage.rss() / 2 ** 20;
  return [services, pools, family, median(cold), median(reload), median(same), median(change), rss.toFixed(0)].join(
    ',',
  );
}

function timed(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function median(samples: readonly number[]): string {
  return (samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 0).toFixed(1);
}

/** Every tenth pool by a label of its own; every fifth service shares its address with four others. */
function inputsOf(services: number, pools: number, family: Family): Inputs {
  const size = Math.ceil((services / pools) * 1.2) + 4;
  return {
    pools: Array.from({ length: pools }, (_, i) => poolOf(i, size, family)),
    policies: [
      {
        name: 'all',
        labels: {},
        annotations: {},
        createdMs: 0,
        interfaces: ['^eth'],
        externalIPs: false,
        loadBalancerIPs: true,
      },
    ],
    services: Array.from({ length: services }, (_, i) => serviceOf(i, family)),
    endpointSlices: [],
    nodes: [],
  };
}

function poolOf(i: number, size: number, family: Family): Pool {
  const start = 0x0a00_0000 + i * size;
  const octets = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
  const block =
    family === 'IPv4'
      ? { start: octets(start), stop: octets(start + size - 1) }
      : { cidr: `fd00:${(i + 1).toString(16)}::/48` };
  return {
    name: `pool-${i}`,
    labels: {},
    annotations: {},
    createdMs: i,
    blocks: [block],
    allowFirstLastIPs: true,
    disabled: false,
    usesCidrs: false,
    ...(i % 10 === 9 ? { serviceSelector: { matchLabels: { tier: `t${i}` } } } : {}),
  };
}

function serviceOf(i: number, family: Family): Service {
  const shares = i % 5 === 0;
  const annotations: Record<string, string> = shares
    ? { 'lbipam.cilium.io/sharing-key': `k${Math.floor(i / 25)}` }
    : {};
  return {
    namespace: `ns-${i % 100}`,
    name: `service-${i}`,
    labels: { app: `a${i % 1000}` },
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

function observed(inputs: Inputs, memory: Memory): Observed {
  return {
    inputs,
    config: defaultNodeConfig('bench'),
    options: {
      ipv4: true,
      ipv6: true,
      defaultLBServiceIPAM: 'lbipam',
      l2Announcements: true,
      bgpControlPlane: false,
      adoptStatus: false,
      nowMs: 0,
    },
    node: { name: 'bench', labels: {} },
    interfaces: [
      {
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
      },
    ],
    deliveredAddresses: new Set(),
    leadership: { kind: 'all' },
    memory,
  };
}
