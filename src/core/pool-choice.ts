// Which pools can select a service at all: of a thousand pools that want one label each, a service looks at its own only.
import type { Family } from '#model/address.ts';
import type { LabelSelector } from '#model/labels.ts';
import { gives, type PoolUse } from './pool-use.ts';
import { labelOf } from './selector.ts';
import type { ServiceFacts } from './service-facts.ts';

/** Pools in the order of use. Every pool that selects the service is among them; whether one does has to be asked. */
export interface Choice {
  readonly uses: readonly PoolUse[];
  /** Per family: all before this one are full. */
  readonly start: Record<Family, number>;
}

export class PoolChoice {
  readonly #named: ReadonlyMap<string, Choice>;
  /** Pools that ask for no certain value of a label. */
  readonly #general: Choice;
  /** Label, value, and the pools that want it. */
  readonly #byLabel = new Map<string, Map<string, PoolUse[]>>();
  /** The general ones together with those of some labels. BOUNDED: by the services of one round. */
  readonly #merged = new Map<string, Choice>();

  constructor(uses: readonly PoolUse[]) {
    const general: PoolUse[] = [];
    for (const use of uses) {
      if (use.state.inForce === null) continue;
      const wanted = wantedValues(use.state.inForce.serviceSelector);
      if (wanted) this.#add(wanted.label, wanted.values, use);
      else general.push(use);
    }
    this.#general = choiceOf(general);
    this.#named = new Map(uses.map((use) => [use.state.name, choiceOf([use])]));
  }

  /** Pools may have free addresses again. */
  startRound(): void {
    this.#merged.clear();
    for (const { uses, start } of [this.#general, ...this.#named.values()]) {
      start.IPv4 = 0;
      start.IPv6 = 0;
      for (const use of uses) {
        use.isFull.IPv4 = !gives(use, 'IPv4');
        use.isFull.IPv6 = !gives(use, 'IPv6');
      }
    }
  }

  of({ poolName, service }: ServiceFacts): Choice {
    if (poolName !== null) return this.#named.get(poolName) ?? nothing;
    let name = '';
    const lists: (readonly PoolUse[])[] = [];
    for (const [label, values] of this.#byLabel) {
      const uses = values.get(labelOf(service, label) ?? '\n');
      if (!uses) continue;
      lists.push(uses);
      name += `${label}\n${labelOf(service, label)}\n`;
    }
    return lists.length === 0 ? this.#general : this.#merge(name, lists);
  }

  #merge(name: string, lists: readonly (readonly PoolUse[])[]): Choice {
    const known = this.#merged.get(name);
    if (known) return known;
    const uses = [...new Set([...this.#general.uses, ...lists.flat()])].sort((a, b) => a.rank - b.rank);
    const choice = choiceOf(uses);
    this.#merged.set(name, choice);
    return choice;
  }

  #add(label: string, values: readonly string[], use: PoolUse): void {
    const known = this.#byLabel.get(label) ?? new Map<string, PoolUse[]>();
    this.#byLabel.set(label, known);
    for (const value of new Set(values)) {
      const uses = known.get(value);
      if (uses) uses.push(use);
      else known.set(value, [use]);
    }
  }
}

const nothing: Choice = choiceOf([]);

function choiceOf(uses: readonly PoolUse[]): Choice {
  return { uses, start: { IPv4: 0, IPv6: 0 } };
}

/** A label of which a service must have one of these values for the selector to take it; null: there is none. */
function wantedValues(selector: LabelSelector | undefined): { label: string; values: readonly string[] } | null {
  const [first] = Object.entries(selector?.matchLabels ?? {});
  if (first) return { label: first[0], values: [first[1]] };
  const inside = selector?.matchExpressions?.find(({ operator }) => operator === 'In');
  return inside ? { label: inside.key, values: inside.values ?? [] } : null;
}
