// What follows from claims seen on the wire: which addresses are ours, which are another host's, and what to tell.
// Read RFC 5227 §2.1.1 and RFC 5227 §2.4 before changing this file.
import { formatAddress, type IpAddress } from '#model/address.ts';
import type { Claimant, ClaimOrders, ClaimSight, Duplicate, Quarantined } from '#model/claims.ts';
import type { Severity } from '#model/problem.ts';
import type { Interface } from '#model/resources.ts';
import { macText } from '#model/virtual-mac.ts';
import { Claimed, claimKey } from './claimed.ts';
import type { ConflictPolicy } from './defence.ts';
import { Duplicates } from './duplicates.ts';
import { listChanges } from './list-changes.ts';
import { ProxyWatch } from './proxy-watch.ts';
import { Quarantine } from './quarantine.ts';

/** Something worth an entry in the journal. */
export interface ConflictEvent {
  readonly kind: string;
  readonly severity: Severity;
  readonly object: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, string | number>>;
}

/** What is looked at. Times: `nowMs` monotonic, `wallMs` since 1970, for people only. */
export interface ConflictWorld {
  readonly sights: readonly ClaimSight[];
  readonly interfaces: readonly Interface[];
  readonly probe: boolean;
  readonly policy: ConflictPolicy;
  /** MACs of boxes of ours: what they claim is a matter of the election. */
  readonly peers: ReadonlySet<string>;
  /** Addresses that somebody of ours may use: never asked about to find proxies. */
  readonly isKnown: (address: IpAddress) => boolean;
  readonly nowMs: number;
  readonly wallMs: number;
}

export interface ConflictMemory {
  readonly quarantine?: readonly Quarantined[];
  readonly claimed?: ReadonlyMap<string, readonly string[]>;
}

/** So many addresses of one MAC are worth a word about proxy ARP. */
const manyAddresses = 3;
const echoIntervalMs = 3_600_000;

export class ConflictBook {
  readonly #quarantine: Quarantine;
  readonly #claimed: Claimed;
  readonly #duplicates = new Duplicates();
  readonly #proxies: ProxyWatch;
  /** When an interface's echo was last told. BOUNDED: interfaces. */
  readonly #echoes = new Map<string, number>();
  /** What was live at the last look, by interface: a hundred thousand claims are not looked at one by one. */
  #live: ReadonlyMap<string, readonly string[]> = new Map();
  #events: ConflictEvent[] = [];

  /** `random`: 0…1. */
  constructor(kept: ConflictMemory, nowMs: number, random: () => number) {
    this.#quarantine = new Quarantine(kept.quarantine ?? [], nowMs);
    this.#claimed = new Claimed(kept.claimed ?? new Map());
    this.#proxies = new ProxyWatch(random);
  }

  /** The same array as long as nothing changed. */
  quarantine(): readonly Quarantined[] {
    return this.#quarantine.list();
  }

  /** What has to survive a restart; the same parts as long as nothing changed. */
  memory(): Required<ConflictMemory> {
    return { quarantine: this.#quarantine.list(), claimed: this.#claimed.memory() };
  }

  /** Without those on addresses that were given up: they are the other host's. */
  duplicates(): readonly Duplicate[] {
    return this.#duplicates.list().filter(({ address }) => !this.#quarantine.get(address));
  }

  /** Proxies, found or suspected: interface, MAC, and how it was found. */
  proxies(): readonly { readonly interface: string; readonly mac: string; readonly isSure: boolean }[] {
    const many = this.quarantine().filter(({ interface: name, mac }) => this.#isMany(name, mac));
    const suspects = new Map(many.map(({ interface: name, mac }) => [`${name} ${mac}`, { interface: name, mac }]));
    return [...this.#proxies.list(), ...[...suspects.values()].map((suspect) => ({ ...suspect, isSure: false }))];
  }

  orders(nowMs: number): ClaimOrders {
    const questions = this.#proxies.questions().map((question) => ({ ...question, mode: 'question' as const }));
    return { claimed: this.#claimed.keys(), watched: [...this.#quarantine.orders(nowMs), ...questions] };
  }

  /** Brings counts and times of known duplicates up to date, between rounds. */
  recount(sights: readonly ClaimSight[], nowMs: number, wallMs: number): void {
    this.#duplicates.recount(sights, nowMs, wallMs);
  }

  /** True while time alone may change something within a minute. */
  isPending(): boolean {
    return this.#duplicates.list().length > 0;
  }

  /** Forgets claims on addresses that nobody wants any more. */
  retain(isWanted: (ip: string) => boolean): void {
    this.#claimed.forget((ip) => !isWanted(ip));
  }

  /** Takes in what was seen; what happened since the last look. */
  look(world: ConflictWorld): readonly ConflictEvent[] {
    this.#events = [];
    const before = this.#live;
    this.#live = new Map(world.sights.map((sight) => [sight.interface, sight.live]));
    for (const sight of world.sights) {
      const { come } = listChanges(before.get(sight.interface) ?? [], sight.live);
      this.#claimed.add(come.map((ip) => [ip, sight.interface] as const));
      // Questions first: what they tell about a MAC decides what its conflicts mean.
      for (const concluded of questionsFirst(sight)) this.#conclude(sight, concluded, world);
      if (sight.claimants.length === 0) continue;
      const live = new Set(sight.live);
      for (const claimant of sight.claimants) this.#claim(sight.interface, claimant, live, world);
    }
    let liveKeys: ReadonlySet<string> | null = null;
    const isLive = ({ address, interface: name }: Duplicate) => {
      liveKeys ??= new Set(world.sights.flatMap((sight) => sight.live.map((ip) => claimKey(ip, sight.interface))));
      return liveKeys.has(claimKey(formatAddress(address), name));
    };
    for (const { address, interface: name, mac } of this.#duplicates.expire(isLive, world.nowMs)) {
      const text = `is no longer claimed by ${macText(mac)}`;
      this.#tell('conflict.ended', 'info', { address, interface: name, mac }, text);
    }
    this.#lift(world);
    return this.#events;
  }

  #conclude(sight: ClaimSight, concluded: ClaimSight['concluded'][number], world: ConflictWorld): void {
    const { address, isQuestion, outcome } = concluded;
    const name = sight.interface;
    const macs = outcome === 'conflict' ? claimantsOf(sight, address).map((claimant) => claimant.mac) : [];
    const [mac = ''] = macs;
    if (this.#proxies.isQuestion(name, address)) {
      const proxy = this.#proxies.answer(name, macs, world.nowMs);
      if (proxy) this.#foundProxy(name, proxy, address);
    } else if (isQuestion) {
      if (outcome === 'conflict') this.#quarantine.heard(address, world.nowMs);
      else this.#let(this.#quarantine.lift((entry) => same(entry.address, address)));
    } else if (outcome === 'conflict' && !this.#quarantine.get(address)) {
      if (this.#proxies.isProxy(name, mac, world.nowMs)) this.#claimed.add([[formatAddress(address), name]]);
      else this.#refuse(address, name, mac, world);
    }
  }

  /** Another host has the address that was to be claimed. */
  #refuse(address: IpAddress, name: string, mac: string, world: ConflictWorld): void {
    this.#quarantine.add({ address, interface: name, mac, sinceMs: world.wallMs }, world.nowMs);
    this.#tell(
      'conflict.probe',
      'warning',
      { address, interface: name, mac },
      `is used by another host: ${macText(mac)} on ${name}`,
    );
    if (this.#quarantine.countOf(name, mac) === manyAddresses) {
      const text = `is the third address that ${macText(mac)} answers for: proxy ARP, or a host with many addresses`;
      this.#proxies.doubt(name, mac);
      this.#tell('conflict.many', 'warning', { address, interface: name, mac }, text);
    }
    const device = world.interfaces.find((candidate) => candidate.name === name);
    if (device) this.#proxies.suspect(device, mac, address, world.isKnown, world.nowMs);
  }

  #foundProxy(name: string, mac: string, control: IpAddress): void {
    const text = `is an address that nobody has, and ${macText(mac)} answers for it: proxy ARP by ${mac} on ${name}; conflicts with it are not taken for conflicts`;
    this.#tell('conflict.proxy_arp', 'warning', { address: control, interface: name, mac }, text);
    this.#let(this.#quarantine.lift((entry) => entry.interface === name && entry.mac === mac));
  }

  #claim(name: string, claimant: Claimant, live: ReadonlySet<string>, world: ConflictWorld): void {
    const { address, mac, lastMs } = claimant;
    const { nowMs, wallMs, peers, policy } = world;
    if (claimant.isEcho) this.#echo(name, claimant, nowMs);
    if (claimant.isEcho || peers.has(mac)) return;
    this.#quarantine.heard(address, lastMs);
    if (!live.has(formatAddress(address)) || this.#proxies.isProxy(name, mac, nowMs)) return;
    const sighting = this.#duplicates.see(name, claimant, nowMs, wallMs);
    if (!sighting) return;
    if (sighting.news) {
      const text = `is also claimed by ${macText(mac)} on ${name} (policy ${policy})`;
      const severity = sighting.news === 'alarm' ? 'critical' : 'warning';
      this.#tell('conflict.claimed', severity, { address, interface: name, mac }, text);
    }
    if (policy !== 'release' || !sighting.repeated) return;
    this.#quarantine.add({ address, interface: name, mac, sinceMs: wallMs }, nowMs);
    this.#claimed.forget((ip) => ip === formatAddress(address));
    this.#tell(
      'conflict.released',
      'critical',
      { address, interface: name, mac },
      `is given up to ${macText(mac)} on ${name}`,
    );
  }

  #echo(name: string, { address, mac, lastMs }: Claimant, nowMs: number): void {
    if (nowMs - lastMs >= echoIntervalMs || nowMs - (this.#echoes.get(name) ?? -echoIntervalMs) < echoIntervalMs)
      return;
    this.#echoes.set(name, nowMs);
    const text = `is claimed by frames from our own MAC ${mac} on ${name}: a loop, a bond that echoes, or forgery`;
    this.#tell('conflict.echo', 'warning', { address, interface: name, mac }, text);
  }

  #lift({ probe, policy, interfaces, nowMs }: ConflictWorld): void {
    const up = new Set(interfaces.flatMap((device) => (device.up ? [device.name] : [])));
    const gone = this.#quarantine.unaskable(up, nowMs);
    // Who neither probes nor releases has no use for a quarantine.
    const isOff = !probe && policy !== 'release';
    if (isOff || gone.size > 0) this.#let(this.#quarantine.lift((entry) => isOff || gone.has(entry)));
  }

  #let(lifted: readonly Quarantined[]): void {
    for (const { address, interface: name, mac } of lifted) {
      this.#tell(
        'conflict.lifted',
        'info',
        { address, interface: name, mac },
        `may be used again; ${macText(mac)} had it`,
      );
    }
  }

  #isMany(name: string, mac: string): boolean {
    return this.#quarantine.countOf(name, mac) >= manyAddresses;
  }

  #tell(kind: string, severity: Severity, { address, ...where }: Omit<Quarantined, 'sinceMs'>, text: string): void {
    const ip = formatAddress(address);
    const fields = { ip, ...where };
    this.#events.push({ kind, severity, object: `ip/${ip}`, message: `${ip} ${text}`, fields });
  }
}

function questionsFirst({ concluded }: ClaimSight): ClaimSight['concluded'] {
  return [...concluded].sort((a, b) => Number(b.isQuestion) - Number(a.isQuestion));
}

/** Other hosts that claimed the address, the latest first. */
function claimantsOf({ claimants }: ClaimSight, address: IpAddress): readonly Claimant[] {
  const others = claimants.filter((claimant) => !claimant.isEcho && same(claimant.address, address));
  return others.sort((a, b) => b.lastMs - a.lastMs);
}

function same(a: IpAddress, b: IpAddress): boolean {
  return a.value === b.value && a.family === b.family;
}
