// Addresses that other hosts were found to have, until those have been silent for long enough.
import { formatAddress, type IpAddress } from '#model/address.ts';
import type { ClaimOrders, Quarantined } from '#model/claims.ts';

/** Silence after which an address is asked about, and let go when nobody answers. */
const silenceMs = 600_000;
/** BOUNDED: whoever answers every question must not fill the memory; the oldest entry leaves. */
const mostEntries = 4096;

interface Entry {
  readonly quarantined: Quarantined;
  /** Monotonic; of a kept entry, when this process first looked: wall clocks of two processes say nothing. */
  heardMs: number;
  isAsked: boolean;
}

export class Quarantine {
  /** By canonical address, oldest first. */
  readonly #entries = new Map<string, Entry>();
  #list: readonly Quarantined[];

  constructor(kept: readonly Quarantined[], nowMs: number) {
    for (const quarantined of kept) {
      this.#entries.set(formatAddress(quarantined.address), { quarantined, heardMs: nowMs, isAsked: false });
    }
    this.#list = kept;
  }

  /** The same array as long as nothing changed. */
  list(): readonly Quarantined[] {
    return this.#list;
  }

  get(address: IpAddress): Quarantined | undefined {
    return this.#entries.get(formatAddress(address))?.quarantined;
  }

  /** How many addresses this MAC keeps from us on this interface. */
  countOf(name: string, mac: string): number {
    return this.#list.filter((entry) => entry.mac === mac && entry.interface === name).length;
  }

  add(quarantined: Quarantined, nowMs: number): void {
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= mostEntries && oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(formatAddress(quarantined.address), { quarantined, heardMs: nowMs, isAsked: false });
    this.#changed();
  }

  /** The other host was heard. */
  heard(address: IpAddress, atMs: number): void {
    const entry = this.#entries.get(formatAddress(address));
    if (!entry) return;
    entry.heardMs = Math.max(entry.heardMs, atMs);
    entry.isAsked = false;
  }

  /** Lets entries go; returns those. */
  lift(isFree: (entry: Quarantined) => boolean): readonly Quarantined[] {
    const lifted = this.#list.filter(isFree);
    for (const { address } of lifted) this.#entries.delete(formatAddress(address));
    if (lifted.length > 0) this.#changed();
    return lifted;
  }

  /**
   * Entries to let go now: their interface is gone, so nobody can be asked. Whoever uses the address next probes anyway.
   */
  unaskable(interfaces: ReadonlySet<string>, nowMs: number): ReadonlySet<Quarantined> {
    const silent = [...this.#entries.values()].filter(({ heardMs }) => nowMs - heardMs >= silenceMs);
    return new Set(silent.flatMap((entry) => (interfaces.has(entry.quarantined.interface) ? [] : [entry.quarantined])));
  }

  /** What to listen for, and what to ask about because it has been silent for long. */
  orders(nowMs: number): ClaimOrders['watched'] {
    return [...this.#entries.values()].map((entry) => {
      if (nowMs - entry.heardMs >= silenceMs) entry.isAsked = true;
      const { address, interface: name } = entry.quarantined;
      return { address, interface: name, mode: entry.isAsked ? 'question' : 'watch' } as const;
    });
  }

  #changed(): void {
    this.#list = [...this.#entries.values()].map(({ quarantined }) => quarantined);
  }
}
