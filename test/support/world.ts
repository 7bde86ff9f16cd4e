// A little world for tests of `evaluate`: declared objects, what is remembered, and one round after the other.
import { evaluate } from '#core/evaluate.ts';
import { formatAddress } from '#model/address.ts';
import type { Inputs, Interface, Service } from '#model/resources.ts';
import type { Desired, EvaluateOptions, Memory, Observed, ServiceOutcome, Snapshot } from '#model/snapshot.ts';
import { inputs, memory, nodeConfig } from './objects.ts';

const options: EvaluateOptions = {
  ipv4: true,
  ipv6: true,
  defaultLBServiceIPAM: 'lbipam',
  l2Announcements: true,
  bgpControlPlane: false,
  adoptStatus: false,
  nowMs: 0,
};

export function observed(more: Partial<Observed> = {}): Observed {
  return {
    inputs: inputs(),
    config: nodeConfig(),
    options,
    node: { name: 'node-1', labels: {} },
    interfaces: [],
    deliveredAddresses: new Set(),
    leadership: { kind: 'all' },
    memory: memory(),
    ...more,
  };
}

export class World {
  memory: Memory = memory();
  desired: Desired | null = null;
  readonly #base: Partial<Observed>;
  #last: Observed | null = null;

  constructor(base: Partial<Observed> = {}) {
    this.#base = base;
  }

  /** One round on these objects. */
  round(declared: Partial<Inputs>, more: Partial<Observed> = {}): Desired {
    this.#last = observed({ ...this.#base, ...more, inputs: inputs(declared), memory: this.memory });
    this.desired = evaluate(this.#last);
    this.memory = this.desired.memory;
    return this.desired;
  }

  get snapshot(): Snapshot {
    if (!this.#last || !this.desired) throw new Error('no round yet');
    return { revision: 1, observed: this.#last, desired: this.desired };
  }

  outcome(key: string): ServiceOutcome {
    const found = this.desired?.services.find((service) => service.key === key);
    if (!found) throw new Error(`no service ${key}`);
    return found;
  }

  ips(key: string): readonly string[] {
    return this.outcome(key).addresses.map(formatAddress);
  }

  /** Reason codes of what the service lacks. */
  lacks(key: string): readonly string[] {
    return this.outcome(key).reasons.map(({ code }) => code);
  }

  pool(name: string) {
    const found = this.desired?.pools.find((pool) => pool.name === name);
    if (!found) throw new Error(`no pool ${name}`);
    return {
      total: `${found.total}`,
      used: `${found.used}`,
      available: `${found.available}`,
      conflict: found.conflict,
    };
  }

  /** Rows as `address interface services`. */
  rows(): readonly string[] {
    return (this.desired?.announcements ?? []).map(
      (row) => `${formatAddress(row.address)} ${row.interface} ${row.services.join(',')}`,
    );
  }
}

/** Annotation of a request. */
export function requesting(...ips: readonly string[]): Pick<Service, 'annotations'> {
  return { annotations: { 'lbipam.cilium.io/ips': ips.join(',') } };
}

export function addressesOn(device: Interface, ...texts: readonly string[]): Interface {
  const addresses = texts.map((text) => {
    const [address = '', prefix = ''] = text.split('/');
    return {
      family: address.includes(':') ? ('IPv6' as const) : ('IPv4' as const),
      address,
      prefixLength: Number(prefix),
    };
  });
  return { ...device, addresses };
}
