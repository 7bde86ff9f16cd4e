// Gathers, service by service, which group each address is to have.
import type { IpAddress } from '#model/address.ts';
import { AddressMap } from './address-map.ts';
import { type ElectionClasses, type Pin, pinnedGroup } from './election-class.ts';
import type { Grouped } from './group-book.ts';
import type { ServiceFacts } from './service-facts.ts';
import { sortedText } from './sorted.ts';

interface Wisher {
  readonly address: IpAddress;
  grouped: Grouped | null;
}

interface Draft {
  readonly target: Wisher;
  policies: readonly string[];
  readonly pins: { readonly service: string; readonly pin: Pin<number> }[];
}

const noRivals: readonly string[] = [];

export class WishMaker {
  readonly #classes: ElectionClasses;
  readonly #drafts = new AddressMap<Draft>();

  constructor(classes: ElectionClasses) {
    this.#classes = classes;
  }

  /** A service has these addresses. What selects it counts on every box, whichever policies match this node. */
  note({ service, key }: ServiceFacts, loadBalancer: readonly Wisher[], external: readonly Wisher[]): void {
    const pin = pinnedGroup(service);
    const add = (targets: readonly Wisher[], policies: readonly string[]) => {
      for (const target of targets) this.#add(target, policies, key, pin);
    };
    if (loadBalancer.length > 0)
      add(loadBalancer, this.#classes.policiesOf(service, { loadBalancer: true, external: false }));
    if (external.length > 0) add(external, this.#classes.policiesOf(service, { loadBalancer: false, external: true }));
  }

  /** Writes the wishes to the targets. */
  finish(): void {
    for (const { target, policies, pins } of this.#drafts.values()) {
      const { pin, rivals } = decided(pins);
      target.grouped = {
        address: target.address,
        wish: this.#classes.wishOf(policies, pin),
        rivals,
        group: 0,
      } satisfies Grouped;
    }
  }

  #add(target: Wisher, policies: readonly string[], service: string, pin: Pin<number>): void {
    const known = this.#drafts.get(target.address);
    if (!known) {
      this.#drafts.set(target.address, { target, policies, pins: pin === null ? [] : [{ service, pin }] });
      return;
    }
    if (policies.length > 0) known.policies = sortedText(new Set([...known.policies, ...policies]));
    if (pin !== null && !known.pins.some((one) => one.service === service)) known.pins.push({ service, pin });
  }
}

/** Of several pins that of the first service by name counts, so that it does not depend on which box saw which first. */
function decided(pins: Draft['pins']): { readonly pin: Pin<number>; readonly rivals: readonly string[] } {
  if (pins.length < 2) return { pin: pins[0]?.pin ?? null, rivals: noRivals };
  const readable = pins.filter(({ pin }) => pin !== 'unreadable');
  const names = sortedText((readable.length > 0 ? readable : pins).map(({ service }) => service));
  const pin = pins.find(({ service }) => service === names[0])?.pin ?? null;
  return { pin, rivals: sortedText(pins.filter((one) => one.pin !== pin).map(({ service }) => service)) };
}
