// Which boxes may lead an address: its eligibility class, the policies that select its services. Every box computes the
// same, so nothing here looks at this node, at its interfaces or at what it remembers.
import { selectorFault } from '#model/labels.ts';
import type { Policy, Service } from '#model/resources.ts';
import { annotation } from './annotation.ts';
import { compileSelector, type ServiceSelector } from './selector.ts';
import { byName } from './sorted.ts';
import { type IdBlock, parseIdBlock, parseRouterId } from './virtual-router-ids.ts';

/** `unreadable`: something is written that is none. It may have been meant for a router of others: it is not passed over. */
export type Pin<T> = T | null | 'unreadable';

export interface ElectionClass {
  /** Names of the policies, sorted, joined by commas: names have none. Empty: no policy. */
  readonly key: string;
  readonly policies: readonly string[];
  /** One of them has a nodeSelector: not every box may lead. */
  readonly isNodeBound: boolean;
  /**
   * `lanlord.dev/virtual-router-id` of the policy. Of a class of several policies it says nothing: the block of one
   * policy must not be that of two classes.
   */
  readonly block: Pin<IdBlock>;
}

/** Addresses with the same wish can be in the same group. */
export interface GroupWish {
  readonly class: ElectionClass;
  /** `lanlord.dev/group` of a service that has the address. */
  readonly pin: Pin<number>;
}

interface Elector {
  readonly name: string;
  readonly selects: ServiceSelector;
  readonly policy: Policy;
}

export interface AddressKinds {
  readonly loadBalancer: boolean;
  readonly external: boolean;
}

/** The classes that some policies make. One object per class. BOUNDED: by the combinations of policies in use. */
export class ElectionClasses {
  readonly #electors: readonly Elector[];
  readonly #policies: ReadonlyMap<string, Policy>;
  readonly #classes = new Map<string, ElectionClass>();
  /** By key of the class, then by pin: one object for all addresses that wish the same. */
  readonly #wishes = new Map<string, Map<Pin<number>, GroupWish>>();

  /** The declared policies. One with a broken selector selects nothing: which version it replaced, not every box knows. */
  constructor(policies: readonly Policy[]) {
    const sound = byName(policies).filter(
      ({ serviceSelector }) => serviceSelector === undefined || selectorFault(serviceSelector) === null,
    );
    this.#electors = sound.map((policy) => ({
      name: policy.name,
      selects: compileSelector(policy.serviceSelector),
      policy,
    }));
    this.#policies = new Map(sound.map((policy) => [policy.name, policy]));
  }

  /** Names of the policies that want addresses of these kinds of the service announced, sorted. */
  policiesOf(service: Service, { loadBalancer, external }: AddressKinds): readonly string[] {
    const names: string[] = [];
    for (const { name, policy, selects } of this.#electors) {
      const wanted = (loadBalancer && policy.loadBalancerIPs) || (external && policy.externalIPs);
      if (wanted && selects(service)) names.push(name);
    }
    return names;
  }

  /** `names`: sorted, each once. */
  wishOf(names: readonly string[], pin: Pin<number>): GroupWish {
    const own = this.of(names);
    const wishes = this.#wishes.get(own.key) ?? new Map<Pin<number>, GroupWish>();
    this.#wishes.set(own.key, wishes);
    const wish = wishes.get(pin) ?? { class: own, pin };
    wishes.set(pin, wish);
    return wish;
  }

  /** `names`: sorted, each once. */
  of(names: readonly string[]): ElectionClass {
    const key = names.join(',');
    const known = this.#classes.get(key);
    if (known) return known;
    const policies = names.flatMap((name) => this.#policies.get(name) ?? []);
    const [only] = policies;
    const made: ElectionClass = {
      key,
      policies: names,
      isNodeBound: policies.some(({ nodeSelector }) => nodeSelector !== undefined),
      block: only && policies.length === 1 ? pinnedBlock(only) : null,
    };
    this.#classes.set(key, made);
    return made;
  }
}

function pinnedBlock({ annotations }: Policy): Pin<IdBlock> {
  const text = annotation(annotations, 'routerIds');
  return text === null ? null : (parseIdBlock(text) ?? 'unreadable');
}

/** The group that a service asks for. */
export function pinnedGroup({ annotations }: Service): Pin<number> {
  const text = annotation(annotations, 'group');
  return text === null ? null : (parseRouterId(text) ?? 'unreadable');
}
