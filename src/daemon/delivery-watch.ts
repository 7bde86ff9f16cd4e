// Looks whether the traffic that announced addresses attract is accepted or forwarded by anything on this box.
import { announced, findUndelivered } from '#core/undelivered.ts';
import { formatAddress } from '#model/address.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { Traffic, Undelivered } from '#model/traffic.ts';
import type { Clock } from '#ports.ts';
import type { DaemonStore } from './store.ts';

/** Nobody tells of routes and rules that change: they are looked at again, but not in every round of a busy second. */
const pauseMs = 10_000;

export class DeliveryWatch {
  readonly #parts: {
    readonly clock: Clock;
    readonly traffic?: (addresses: readonly string[]) => Traffic | null;
  };
  readonly #store: DaemonStore;
  #last: Snapshot | null = null;
  #lastMs = 0;

  constructor(
    parts: { readonly clock: Clock; readonly traffic?: (addresses: readonly string[]) => Traffic | null },
    store: DaemonStore,
  ) {
    this.#parts = parts;
    this.#store = store;
  }

  look(snapshot: Snapshot): void {
    const { clock, traffic } = this.#parts;
    if (!traffic || (this.#last === snapshot && clock.monotonicMs() - this.#lastMs < pauseMs)) return;
    this.#last = snapshot;
    this.#lastMs = clock.monotonicMs();
    const found = this.#find(snapshot, traffic);
    if (!sameList(found, this.#store.get().undelivered)) this.#store.set({ undelivered: found });
  }

  #find(snapshot: Snapshot, traffic: (addresses: readonly string[]) => Traffic | null): readonly Undelivered[] {
    // With `delivery: local` the addresses are bound here, and what goes wrong with that is told as DELIVERY.
    if (snapshot.observed.config.delivery === 'local') return [];
    const addresses = [...announced(snapshot)].map(({ address }) => formatAddress(address));
    const present = addresses.length > 0 ? traffic(addresses) : null;
    return present ? findUndelivered(snapshot, present) : [];
  }
}

function sameList(a: readonly Undelivered[], b: readonly Undelivered[]): boolean {
  return a.length === b.length && a.every((one, i) => sameOne(one, b[i]));
}

function sameOne(a: Undelivered, b: Undelivered | undefined): boolean {
  const texts = (list: readonly string[] = []) => list.join(' ');
  return (
    a.ip === b?.ip &&
    a.why === b.why &&
    texts(a.services) === texts(b.services) &&
    texts(a.interfaces) === texts(b.interfaces)
  );
}
