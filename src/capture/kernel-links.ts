// The kernel's interfaces as the rest of the program sees them, watched through rtnetlink.
import type { Interface } from '#model/resources.ts';
import type { Clock, LinkObserver, Log } from '#ports.ts';

/** What a netlink monitor tells of one link. */
export interface KernelLink {
  readonly name: string;
  readonly index: number;
  readonly mac: string;
  readonly up: boolean;
  readonly carrier: boolean;
  readonly carrierUps: number;
  readonly loopback: boolean;
  readonly arp: boolean;
  readonly master: number | null;
  readonly addresses: readonly { family: 'IPv4' | 'IPv6'; address: string; prefixLength: number; tentative: boolean }[];
  readonly gateways: readonly string[];
}

export interface LinkMonitor {
  snapshot(): { ok: true; value: readonly KernelLink[] } | { ok: false; error: { message: string } };
  /** True when something changed since the last call. */
  drain(): boolean;
  close(): void;
}

/**
 * Netlink messages wait in their socket until asked for. Twenty system calls a second cost nothing, and an interface that
 * vanishes is noticed sooner by its own capture handle.
 */
const lookEveryMs = 50;
/** What changed was told once: after a failure nothing but the time says that there is something to see. */
const retryMs = 1000;

export class KernelLinks implements LinkObserver {
  readonly #monitor: LinkMonitor;
  readonly #clock: Clock;
  readonly #log: Log;
  #interfaces: readonly Interface[] = [];
  #cancel: (() => void) | null = null;
  /** When to look although nothing is told. */
  #retryAtMs = Number.POSITIVE_INFINITY;
  #fault = '';

  constructor(monitor: LinkMonitor, clock: Clock, log: Log) {
    this.#monitor = monitor;
    this.#clock = clock;
    this.#log = log;
    this.#refresh();
  }

  interfaces(): readonly Interface[] {
    return this.#interfaces;
  }

  watch(onChange: () => void): void {
    const look = () => {
      const hasChanged = this.#monitor.drain();
      if ((hasChanged || this.#clock.monotonicMs() >= this.#retryAtMs) && this.#refresh()) onChange();
      this.#cancel = this.#clock.setTimeout(look, lookEveryMs);
    };
    look();
  }

  close(): void {
    this.#cancel?.();
    this.#monitor.close();
  }

  /** Whether the interfaces are known now. */
  #refresh(): boolean {
    const links = this.#monitor.snapshot();
    if (!links.ok) {
      const { message } = links.error;
      if (message !== this.#fault)
        this.#log.write('warn', `Cannot list the interfaces: ${message} (keeping the last known ones, trying again)`);
      this.#fault = message;
      this.#retryAtMs = this.#clock.monotonicMs() + retryMs;
      return false;
    }
    this.#fault = '';
    this.#retryAtMs = Number.POSITIVE_INFINITY;
    const names = new Map(links.value.map((link) => [link.index, link.name]));
    this.#interfaces = links.value.map((link) => ({
      name: link.name,
      index: link.index,
      mac: link.mac,
      up: link.up,
      carrier: link.carrier,
      carrierUps: link.carrierUps,
      loopback: link.loopback,
      arp: link.arp,
      master: link.master === null ? null : (names.get(link.master) ?? `#${link.master}`),
      addresses: link.addresses.map(({ family, address, prefixLength, tentative }) => ({
        ...{ family, address, prefixLength },
        // Only where it says something: a change of this is a change of the interface.
        ...(tentative ? { tentative } : {}),
      })),
      gateways: link.gateways,
    }));
    return true;
  }
}
