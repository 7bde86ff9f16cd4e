// Other hosts that claim addresses which we answer for, as long as they are heard.
// Read RFC 5227 §2.4 before changing this file.
import { formatAddress } from '#model/address.ts';
import type { Claimant, Duplicate } from '#model/claims.ts';

/** Silence after which a claim is over. A contested address is asked about several times within it. */
export const duplicateSilenceMs = 60_000;
/** One alarm per MAC in this time: a host that claims a hundred addresses for a day is one piece of news. */
const alarmIntervalMs = 3_600_000;
/** A claim that came before this process looked counts as news when it is this fresh. */
const freshMs = 10_000;
/** BOUNDED: MACs whose last alarm is remembered; forged ones must not grow anything. */
const mostAlarms = 1024;

interface Entry {
  duplicate: Duplicate;
  lastMs: number;
  repeats: number;
}

export interface Sighting {
  /** Begins now, or goes on. */
  readonly isNew: boolean;
  /** Worth an alarm now. */
  readonly alarms: boolean;
  /** Claimed again within DEFEND_INTERVAL since the last look. */
  readonly repeated: boolean;
}

export class Duplicates {
  /** BOUNDED: conflict slots of all tables. */
  readonly #entries = new Map<string, Entry>();
  readonly #alarms = new Map<string, number>();

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
    const sighting = { isNew: !known, alarms: !known && this.#mayAlarm(mac, nowMs), repeated: repeats > before };
    this.#entries.set(key, { duplicate, lastMs, repeats });
    return sighting;
  }

  /** Drops what is over: silent, or no longer answered here. Returns the silent ones. */
  expire(isLive: (duplicate: Duplicate) => boolean, nowMs: number): readonly Duplicate[] {
    const over: Duplicate[] = [];
    for (const [key, { duplicate, lastMs }] of this.#entries) {
      const isSilent = nowMs - lastMs >= duplicateSilenceMs;
      if (!isSilent && isLive(duplicate)) continue;
      this.#entries.delete(key);
      if (isSilent) over.push(duplicate);
    }
    return over;
  }

  #mayAlarm(mac: string, nowMs: number): boolean {
    const last = this.#alarms.get(mac);
    if (last !== undefined && nowMs - last < alarmIntervalMs) return false;
    this.#alarms.delete(mac);
    const [oldest] = this.#alarms.keys();
    if (this.#alarms.size >= mostAlarms && oldest !== undefined) this.#alarms.delete(oldest);
    this.#alarms.set(mac, nowMs);
    return true;
  }
}

function keyOf(ip: string, mac: string, name: string): string {
  return `${ip} ${mac} ${name}`;
}
