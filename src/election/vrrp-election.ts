// Election by VRRP, the main thread's side: says which groups each interface's worker takes part in, hears who leads.
// Read RFC 9568 §6.1 before changing this file.
import { electionSettings } from '#core/election-settings.ts';
import { type GroupOrder, type GroupReport, isLeading } from '#model/election.ts';
import type { RouterDifference } from '#model/router-difference.ts';
import { type Candidacy, type Leadership, ledKey } from '#model/snapshot.ts';
import type { Election, ElectionNews, ElectionWorld } from '#ports/election.ts';
import { createSharedText, writeSharedText } from '#table/shared-text.ts';

/**
 * BOUNDED: 510 groups with orders of 160 bytes at most, 32 addresses of each of 64 boxes, and configured lists. What is
 * never used costs no memory.
 */
const settingsBytes = 512 * 1024;

interface Link {
  readonly settings: SharedArrayBuffer;
  groups: readonly GroupReport[];
  differences: readonly RouterDifference[];
}

/** Whoever waits for a move. */
interface Waiter {
  readonly isDone: () => boolean;
  readonly done: () => void;
}

export class VrrpElection implements Election {
  readonly #wake: (name: string) => void;
  readonly #onChange: () => void;
  /** By interface. BOUNDED: interfaces with rows. */
  readonly #links = new Map<string, Link>();
  /** By `interface group`. BOUNDED: groups of the interfaces. */
  readonly #orders = new Map<string, GroupOrder>();
  readonly #waiters = new Set<Waiter>();
  #serial = 0;
  #world: ElectionWorld | null = null;
  #leadership: Leadership = { kind: 'groups', active: new Set(), leaders: new Map() };

  /** `wake`: lets the worker of an interface look at its settings now. `onChange`: other groups are led than before. */
  constructor(wake: (name: string) => void, onChange: () => void) {
    this.#wake = wake;
    this.#onChange = onChange;
  }

  apply(world: ElectionWorld | null): void {
    this.#world = world;
    if (world === null) {
      for (const name of [...this.#links.keys()]) this.#forget(name);
      return;
    }
    const rows = Map.groupBy(world.candidacies, (row) => row.interface);
    for (const name of this.#links.keys()) {
      if (!world.interfaces.some((link) => link.name === name)) this.#forget(name);
    }
    for (const link of world.interfaces) {
      const groups = groupsOf(rows.get(link.name) ?? []);
      const known = this.#links.get(link.name);
      if (!known && groups.size === 0) continue;
      const { settings } = known ?? this.#add(link.name);
      const { vrrp } = world;
      const text = JSON.stringify(
        electionSettings({
          link,
          groups,
          vrrp,
          boxes: world.boxesOn(link.name),
          priorityOf: (group) => world.priorityOf(link.name, group),
          isPinned: (group) => world.pinned.has(group),
          orderOf: (group) => this.#orders.get(ledKey(link.name, group)) ?? null,
        }),
      );
      if (writeSharedText(settings, text)) this.#wake(link.name);
    }
  }

  settings(name: string): SharedArrayBuffer | null {
    return this.#links.get(name)?.settings ?? null;
  }

  hear(name: string, news: ElectionNews): void {
    const link = this.#links.get(name);
    if (!link) return;
    if (news.kind === 'differences') {
      link.differences = news.differences;
      this.#onChange();
    }
    if (news.kind !== 'groups') return;
    const before = shown(link.groups);
    link.groups = news.groups;
    this.nudge();
    if (before !== shown(news.groups)) this.#publish();
  }

  leadership(): Leadership {
    return this.#leadership;
  }

  reports(): ReadonlyMap<string, readonly GroupReport[]> {
    return new Map([...this.#links].map(([name, { groups }]) => [name, groups]));
  }

  differences(): ReadonlyMap<string, readonly RouterDifference[]> {
    return new Map([...this.#links].map(([name, { differences }]) => [name, differences]));
  }

  order(name: string, group: number, act: GroupOrder['act'], more: Parameters<Election['order']>[3] = {}): void {
    this.#set(name, group, act, more);
    if (this.#world) this.apply(this.#world);
  }

  clear(name: string, group: number): void {
    this.#orders.delete(ledKey(name, group));
    if (this.#world) this.apply(this.#world);
  }

  clearAll(): void {
    this.#orders.clear();
    if (this.#world) this.apply(this.#world);
  }

  nudge(): void {
    for (const waiter of [...this.#waiters]) if (waiter.isDone()) waiter.done();
  }

  releaseAll(timeoutMs: number): Promise<boolean> {
    const led = [...this.#links].flatMap(([name, { groups }]) => ledOf(groups).map((group) => ({ name, group })));
    for (const { name, group } of led) {
      this.#set(name, group, 'release');
    }
    if (this.#world) this.apply(this.#world);
    return this.until(() => [...this.#links.values()].every(({ groups }) => ledOf(groups).length === 0), timeoutMs);
  }

  until(isDone: () => boolean, timeoutMs: number): Promise<boolean> {
    if (isDone()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (isInTime: boolean) => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        resolve(isInTime);
      };
      const waiter: Waiter = { isDone, done: () => end(true) };
      const timer = setTimeout(() => end(false), timeoutMs);
      this.#waiters.add(waiter);
    });
  }

  #set(name: string, group: number, act: GroupOrder['act'], more: Parameters<Election['order']>[3] = {}): void {
    this.#orders.set(ledKey(name, group), { serial: ++this.#serial, act, from: null, provisionalMs: 0, ...more });
  }

  #add(name: string): Link {
    const link: Link = { settings: createSharedText(settingsBytes), groups: [], differences: [] };
    this.#links.set(name, link);
    return link;
  }

  #forget(name: string): void {
    const led = ledOf(this.#links.get(name)?.groups ?? []);
    this.#links.delete(name);
    for (const key of this.#orders.keys()) if (key.startsWith(`${name} `)) this.#orders.delete(key);
    if (led.length > 0) this.#publish();
  }

  #publish(): void {
    const active = new Set<string>();
    const leaders = new Map<string, string>();
    for (const [name, { groups }] of this.#links) {
      for (const group of ledOf(groups)) active.add(ledKey(name, group));
      for (const { group, leader } of groups) if (leader) leaders.set(ledKey(name, group), leader.address);
    }
    this.#leadership = { kind: 'groups', active, leaders };
    this.#onChange();
  }
}

function groupsOf(rows: readonly Candidacy[]): ReadonlySet<number> {
  return new Set(rows.flatMap(({ group, refusal }) => (refusal === null ? [group] : [])));
}

function ledOf(groups: readonly GroupReport[]): readonly number[] {
  return groups.flatMap(({ group, phase }) => (isLeading(phase) ? [group] : []));
}

/** What evaluation sees of the groups of an interface. */
function shown(groups: readonly GroupReport[]): string {
  return groups.map(({ group, phase, leader }) => `${group} ${isLeading(phase)} ${leader?.address}`).join();
}
