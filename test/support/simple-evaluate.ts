// An evaluation simple enough to predict: the n-th service of the file holds 10.0.0.n on every interface that is up.
import { serviceKey } from '#model/resources.ts';
import type { Allocation, Desired, Observed } from '#model/snapshot.ts';
import { address } from './objects.ts';

/** Annotation that moves a service: `ip: 10.0.0.9`. */
export function simpleEvaluate({ inputs, interfaces, memory, options, drained = false }: Observed): Desired {
  const held = new Map(memory.allocations.map((allocation) => [allocation.service, allocation]));
  const allocations = inputs.services.map((service, i): Allocation => {
    const key = serviceKey(service);
    const wanted = service.annotations['ip'];
    const old = held.get(key);
    if (old && !wanted) return old;
    const ip = address(wanted ?? `10.0.0.${i + 1}`);
    if (old && old.address.value === ip.value) return old;
    return { service: key, address: ip, pool: 'blue', origin: 'auto', sinceMs: options.nowMs };
  });
  const up = interfaces.filter((link) => link.up);
  const policies = [
    { name: 'p', matchesNode: true, services: [], interfaces: interfaces.map((l) => l.name), conditions: [] },
  ];
  const rows = allocations.flatMap(({ service, address }) =>
    up.map((link) => ({ address, interface: link.name, services: [service], policies: ['p'], group: 0 })),
  );
  return {
    services: [],
    pools: [],
    policies,
    allocations,
    announcements: drained ? [] : rows,
    candidacies: rows.map((row) => ({ ...row, leads: true, refusal: null })),
    unannounced: [],
    groups: [],
    warnings: [],
    problems: [],
    memory: { ...memory, allocations },
  };
}
