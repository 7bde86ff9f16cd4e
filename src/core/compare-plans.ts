// What becomes of every VIP when one state takes the place of another.
import { compareAddresses, type Family, formatAddress, type IpAddress, parseAddress } from '#model/address.ts';
import { explain, type Reason } from '#model/reason.ts';
import { serviceKey } from '#model/resources.ts';
import type { ServiceOutcome, Snapshot } from '#model/snapshot.ts';
import { answerableRows } from './answerable-rows.ts';
import { leaderOf } from './group-leadership.ts';
import { compareText } from './sorted.ts';

/** `none`: something changes, but not who answers for which service. */
export type Impact = 'outage' | 'ip-change' | 'new' | 'none';

export interface VipChange {
  /** Canonical text: the address before, for a new one the address after. */
  readonly ip: string;
  /** `namespace/name`. */
  readonly service: string;
  /** Who answers before: a node, or null for nobody. With `ip-change`: the address before. */
  readonly from: string | null;
  /** Who answers after. With `ip-change`: the address after. */
  readonly to: string | null;
  readonly impact: Impact;
  /** Why, or how; empty where the rest says all. */
  readonly message: string;
}

export interface PlanComparison {
  /** Worst first, then by address and service. */
  readonly changes: readonly VipChange[];
  /** Addresses that are held before and after and are in no change. */
  readonly unchanged: number;
}

type Side = Pick<Snapshot, 'observed' | 'desired'>;

const rank: Readonly<Record<Impact, number>> = { outage: 0, 'ip-change': 1, new: 2, none: 3 };

/** Changes are about (address, service): a shared address has one for each service that is concerned. */
export function comparePlans(before: Side, after: Side): PlanComparison {
  const [a, b] = [new Holdings(before), new Holdings(after)];
  const changes: VipChange[] = [];
  for (const service of new Set([...a.byService.keys(), ...b.byService.keys()])) {
    compareService(service, a, b, changes);
  }
  const changed = new Set(changes.map(({ ip }) => ip));
  let unchanged = 0;
  for (const ip of a.holders.keys()) if (b.holders.has(ip) && !changed.has(ip)) unchanged++;
  return { changes: changes.sort(compareChanges), unchanged };
}

function compareService(service: string, before: Holdings, after: Holdings, changes: VipChange[]): void {
  const [old, present] = [before.of(service), after.of(service)];
  const gained = [...present.values()].filter(({ ip }) => !old.has(ip));
  for (const { ip, family } of old.values()) {
    if (present.has(ip)) {
      const change = compareAnswer(ip, service, before, after);
      if (change) changes.push(change);
      continue;
    }
    const at = gained.findIndex((candidate) => candidate.family === family);
    const [next] = at < 0 ? [] : gained.splice(at, 1);
    changes.push(next ? moved(ip, next.ip, service, before, after) : lost(ip, service, before, after));
  }
  for (const { ip } of gained) changes.push(added(ip, service, before, after));
}

/** The service keeps the address: who answers for it, and where. */
function compareAnswer(ip: string, service: string, before: Holdings, after: Holdings): VipChange | null {
  const [from, to] = [before.leader(ip), after.leader(ip)];
  const [was, is] = [before.links(ip), after.links(ip)];
  const gone = [...was].filter((name) => !is.has(name));
  const come = [...is].filter((name) => !was.has(name));
  if (gone.length > 0) {
    const message = is.size === 0 ? after.why(ip) : `no longer answered on ${gone.join(', ')}`;
    return { ip, service, from, to, impact: 'outage', message };
  }
  if (come.length === 0) return null;
  const message = was.size === 0 ? '' : `answered on ${come.join(', ')}, too`;
  return { ip, service, from, to, impact: was.size === 0 ? 'new' : 'none', message };
}

/** The service gets another address of the family. An answered address whose successor is not answered is an outage. */
function moved(ip: string, next: string, service: string, before: Holdings, after: Holdings): VipChange {
  if (before.leader(ip) === null || after.leader(next) !== null) {
    const message = after.leader(next) === null ? `nobody answers for ${next}: ${after.why(next)}` : '';
    return { ip, service, from: ip, to: next, impact: 'ip-change', message };
  }
  const message = `it gets ${next}, for which nobody answers: ${after.why(next)}`;
  return { ip, service, from: before.leader(ip), to: null, impact: 'outage', message };
}

function lost(ip: string, service: string, before: Holdings, after: Holdings): VipChange {
  const [from, to] = [before.leader(ip), after.leader(ip)];
  const declared = after.declared.has(service);
  const message = declared ? after.lack(service) : 'the service is removed';
  // Where others share the address, removing one of them takes nothing from the LAN.
  const others = [...after.holdersOf(ip)].some((other) => before.holdersOf(ip).has(other));
  const harmless = from === null || (!declared && to !== null && others);
  if (harmless) return { ip, service, from, to, impact: 'none', message };
  const [heir] = after.holdersOf(ip);
  const passed = to !== null && heir !== undefined ? `${message}; ${heir} gets the address` : message;
  return { ip, service, from, to: null, impact: 'outage', message: passed };
}

function added(ip: string, service: string, before: Holdings, after: Holdings): VipChange {
  const [from, to] = [before.leader(ip), after.leader(ip)];
  const message = to === null ? after.why(ip) : '';
  return { ip, service, from, to, impact: to === null ? 'none' : 'new', message };
}

interface Held {
  readonly ip: string;
  readonly family: Family;
}

const nobody: ReadonlySet<string> = new Set();
const noAddress: ReadonlyMap<string, Held> = new Map();

/** Which service has which addresses, and where they are answered. */
class Holdings {
  readonly byService = new Map<string, Map<string, Held>>();
  readonly holders = new Map<string, Set<string>>();
  readonly declared: ReadonlySet<string>;
  readonly #node: string;
  readonly #missing = new Map<string, readonly Reason[]>();
  readonly #outcomes: ReadonlyMap<string, ServiceOutcome>;
  readonly #links = new Map<string, Set<string>>();
  /** Other boxes that lead addresses which this one could lead. */
  readonly #others = new Map<string, string>();
  readonly #texts: Record<Family, Map<bigint, string>> = { IPv4: new Map(), IPv6: new Map() };

  constructor({ observed, desired }: Side) {
    this.#node = observed.node.name;
    this.#outcomes = new Map(desired.services.map((outcome) => [outcome.key, outcome]));
    this.declared = new Set(observed.inputs.services.map(serviceKey));
    for (const { address, service } of desired.allocations) this.#hold(address, service);
    for (const { address, services, reasons } of desired.unannounced) {
      for (const name of services) this.#hold(address, name);
      this.#missing.set(this.#text(address), reasons);
    }
    const { leadership } = observed;
    for (const { address, services, interface: link, group } of answerableRows({ observed, desired })) {
      for (const name of services) this.#hold(address, name);
      const ip = this.#text(address);
      add(this.#links, ip, link);
      const other = leaderOf(leadership, link, group);
      if (other !== null) this.#others.set(ip, other);
    }
    for (const { address } of desired.announcements) this.#others.delete(this.#text(address));
  }

  of(service: string): ReadonlyMap<string, Held> {
    return this.byService.get(service) ?? noAddress;
  }

  holdersOf(ip: string): ReadonlySet<string> {
    return this.holders.get(ip) ?? nobody;
  }

  /** Interfaces on which it is answered. */
  links(ip: string): ReadonlySet<string> {
    return this.#links.get(ip) ?? nobody;
  }

  /** Who answers now, or would as far as this node can tell. */
  leader(ip: string): string | null {
    return this.#links.has(ip) ? (this.#others.get(ip) ?? this.#node) : null;
  }

  /** Why nobody answers. */
  why(ip: string): string {
    return this.#missing.get(ip)?.map(explain).join('; ') ?? '';
  }

  /** Why the service lacks an address. */
  lack(service: string): string {
    const outcome = this.#outcomes.get(service);
    if (outcome && !outcome.handled) return 'the service no longer gets addresses here';
    return outcome?.reasons.map(explain).join('; ') ?? '';
  }

  #hold(address: IpAddress, service: string): void {
    const ip = this.#text(address);
    const known = this.byService.get(service);
    const held = { ip, family: address.family };
    if (known) known.set(ip, held);
    else this.byService.set(service, new Map([[ip, held]]));
    add(this.holders, ip, service);
  }

  #text({ family, value }: IpAddress): string {
    const known = this.#texts[family].get(value);
    if (known !== undefined) return known;
    const text = formatAddress({ family, value });
    this.#texts[family].set(value, text);
    return text;
  }
}

function add(sets: Map<string, Set<string>>, key: string, item: string): void {
  const known = sets.get(key);
  if (known) known.add(item);
  else sets.set(key, new Set([item]));
}

function compareChanges(a: VipChange, b: VipChange): number {
  const [left, right] = [parseAddress(a.ip), parseAddress(b.ip)];
  const byAddress = left && right ? compareAddresses(left, right) : 0;
  return rank[a.impact] - rank[b.impact] || byAddress || compareText(a.service, b.service);
}
