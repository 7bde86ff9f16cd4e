// Other hosts that claim addresses which we answer for, as long as they are heard.
// Read RFC 5227 §2.4 before changing this file.
import { formatAddress } from '#model/address.ts';
import type { Claimant, ClaimSight, Duplicate } from '#model/claims.ts';

/** Silence after which a claim is over. A contested address is asked about several times within it. */
export const duplicateSilenceMs = 60_000;
/** In this time one alarm per MAC, and one word per MAC and address: who claims a hundred for a day is no news all day. */
const alarmIntervalMs = 3_600_000;
/** A claim that came before this process looked counts as news when it is this fresh. */
const freshMs = 10_000;
/** BOUNDED: MACs and claims that were told; forged ones must not grow anything. */
const mostTold = 1024;

interface Entry {
  duplicate: Duplicate;
  lastMs: number;
  repeats: number;
  /** Its beginning was told, so its end is, too. */
  readonly isTold: boolean;
}

export interface Sighting {
  /** `alarm`: of a MAC that was quiet for long; `word`: another address of the same MAC; null: known, or told lately. */
  readonly news: 'alarm' | 'word' | null;
  /** Claimed again within DEFEND_INTERVAL since the last look. */
  readonly repeated: boolean;
}

export class Duplicates {
  /** BOUNDED: conflict slots of all tables. */
  readonly #entries = new Map<string, Entry>();
  /** MACs, and claims by their key, to when they were told. */
  readonly #told = new Map<string, number>();

  list(): readonly Duplicate[] {
    return [...this.#entries.values()].map(({ duplicate }) => duplicate);
  }

  /** A claim on an address that is answered here. Null: it is over already. */
  see(name: string, claimant: Claimant, nowMs: number, wallMs: number): Sighting | null {
    const { address, mac, count, firstMs, lastMs, repeats } = claimant;
    const key = keyOf(formatAddress(address), mac, name);
    const known = this.#entries.get(key);
    if (nowMs - lastMs >= duplicateSilenceMs) return null;
    const before = known?.repeats ?? (nowMs - lastMs < freshMs ? 0 : repeats);
    const duplicate: Duplicate = {
      address,
      interface: name,
      mac,
      count,
      firstMs: known?.duplicate.firstMs ?? wallMs - (nowMs - firstMs),
      lastMs: wallMs - (nowMs - lastMs),
    };
    const news = known ? null : this.#newsOf(mac, key, nowMs);
    this.#entries.set(key, { duplicate, lastMs, repeats, isTold: known?.isTold ?? news !== null });
    return { news, repeated: repeats > before };
  }

  /** Takes over counts and times of claims that are known already: between rounds, for whoever looks now. */
  recount(sights: readonly ClaimSight[], nowMs: number, wallMs: number): void {
    for (const { interface: name, claimants } of sights) {
      for (const { address, mac, count, lastMs } of claimants) {
        const known = this.#entries.get(keyOf(formatAddress(address), mac, name));
        if (!known || known.duplicate.count === count) continue;
        known.lastMs = lastMs;
        known.duplicate = { ...known.duplicate, count, lastMs: wallMs - (nowMs - lastMs) };
      }
    }
  }

  /** Drops what is over: silent, or no longer answered here. Returns the silent ones whose beginning was told. */
  expire(isLive: (duplicate: Duplicate) => boolean, nowMs: number): readonly Duplicate[] {
    const over: Duplicate[] = [];
    for (const [key, { duplicate, lastMs, isTold }] of this.#entries) {
      const isSilent = nowMs - lastMs >= duplicateSilenceMs;
      if (!isSilent && isLive(duplicate)) continue;
      this.#entries.delete(key);
      if (isSilent && isTold) over.push(duplicate);
    }
    return over;
  }

  #newsOf(mac: string, key: string, nowMs: number): Sighting['news'] {
    if (!this.#mayTell(key, nowMs)) return null;
    return this.#mayTell(mac, nowMs) ? 'alarm' : 'word';
  }

  #mayTell(key: string, nowMs: number): boolean {
    const last = this.#told.get(key);
    if (last !== undefined && nowMs - last < alarmIntervalMs) return false;
    this.#told.delete(key);
    const [oldest] = this.#told.keys();
    if (this.#told.size >= mostTold && oldest !== undefined) this.#told.delete(oldest);
    this.#told.set(key, nowMs);
    return true;
  }
}

function keyOf(ip: string, mac: string, name: string): string {
  return `${ip} ${mac} ${name}`;
}
