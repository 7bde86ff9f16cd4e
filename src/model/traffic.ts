// What the kernel does with traffic to addresses, as far as it tells.
import type { Family } from './address.ts';

export interface Route {
  readonly family: Family;
  /** First address of the destination, canonical text. */
  readonly destination: string;
  readonly prefixLength: number;
  /** `local`: this box accepts it; `refused`: blackhole, unreachable and the like. */
  readonly kind: 'local' | 'unicast' | 'refused';
  /** `interface` is an index; without a gateway the destination is expected on the link itself. */
  readonly hops: readonly { readonly interface: number; readonly hasGateway: boolean }[];
}

export interface Traffic {
  readonly routes: readonly Route[];
  readonly forwards: Readonly<Record<Family, boolean>>;
  /** Addresses in rules of the packet filter, canonical text; null when those cannot be read. */
  readonly mentioned: ReadonlySet<string> | null;
}

/** An address that is announced while its traffic ends here. */
export interface Undelivered {
  readonly ip: string;
  readonly services: readonly string[];
  readonly interfaces: readonly string[];
  /** What is missing, without a full stop. */
  readonly why: string;
}
