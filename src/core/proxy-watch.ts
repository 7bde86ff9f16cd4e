// Routers that answer for every address (proxy ARP): suspected, asked about an address that nobody has, and remembered.
// Read RFC 1027 before changing this file.
import { formatAddress, type IpAddress } from '#model/address.ts';
import type { Interface } from '#model/resources.ts';
import { controlAddress } from './proxy-arp.ts';

/** A proxy is one for an hour, and then has to be found again: routers are reconfigured. */
const rememberMs = 3_600_000;
/** A MAC that turned out to be none is not suspected again for so long. */
const clearedMs = 600_000;
/** BOUNDED: MACs that are remembered, per kind. */
const mostMacs = 256;

interface Question {
  readonly address: IpAddress;
  readonly mac: string;
}

export class ProxyWatch {
  readonly #random: () => number;
  /** `interface mac` → when it was found. */
  readonly #found = new Map<string, number>();
  readonly #cleared = new Map<string, number>();
  /** One question at a time per interface. BOUNDED: interfaces. */
  readonly #questions = new Map<string, Question>();

  constructor(random: () => number) {
    this.#random = random;
  }

  list(): readonly { readonly interface: string; readonly mac: string; readonly isSure: true }[] {
    return [...this.#found.keys()].map((key) => {
      const [name = '', mac = ''] = key.split(' ');
      return { interface: name, mac, isSure: true };
    });
  }

  isProxy(name: string, mac: string, nowMs: number): boolean {
    const foundMs = this.#found.get(`${name} ${mac}`);
    if (foundMs === undefined) return false;
    if (nowMs - foundMs < rememberMs) return true;
    this.#found.delete(`${name} ${mac}`);
    return false;
  }

  /** Suspicion grew: a MAC that was cleared is asked about again. */
  doubt(name: string, mac: string): void {
    this.#cleared.delete(`${name} ${mac}`);
  }

  /** This MAC answered for an address: is it a host, or does it answer for all? */
  suspect(
    device: Interface,
    mac: string,
    taken: IpAddress,
    isKnown: (address: IpAddress) => boolean,
    nowMs: number,
  ): void {
    const clearedAt = this.#cleared.get(`${device.name} ${mac}`);
    if (mac === '' || this.#questions.has(device.name)) return;
    if (clearedAt !== undefined && nowMs - clearedAt < clearedMs) return;
    const address = controlAddress(device, taken, isKnown, this.#random);
    if (address) this.#questions.set(device.name, { address, mac });
  }

  questions(): readonly { readonly address: IpAddress; readonly interface: string }[] {
    return [...this.#questions].map(([name, { address }]) => ({ address, interface: name }));
  }

  isQuestion(name: string, address: IpAddress): boolean {
    const question = this.#questions.get(name);
    return question !== undefined && formatAddress(question.address) === formatAddress(address);
  }

  /** Who answered the question of this interface: the proxy, when it is one, else null. Nobody at all clears the MAC. */
  answer(name: string, macs: readonly string[], nowMs: number): string | null {
    const question = this.#questions.get(name);
    this.#questions.delete(name);
    if (!question) return null;
    const isProxy = macs.includes(question.mac);
    // Another host has the address that nobody was to have: nothing was learned.
    if (!isProxy && macs.length > 0) return null;
    remember(isProxy ? this.#found : this.#cleared, `${name} ${question.mac}`, nowMs);
    return isProxy ? question.mac : null;
  }
}

function remember(map: Map<string, number>, key: string, nowMs: number): void {
  const [oldest] = map.keys();
  if (map.size >= mostMacs && oldest !== undefined) map.delete(oldest);
  map.set(key, nowMs);
}
