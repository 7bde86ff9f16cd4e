// What the daemon knows about claims of other hosts, from round to round.
import { ConflictBook } from '#core/conflict-book.ts';
import { listChanges } from '#core/list-changes.ts';
import { type NodeAddresses, nodeAddresses } from '#core/node-address.ts';
import { formatAddress, type IpAddress } from '#model/address.ts';
import type { ClaimOrders, ClaimsView, Duplicate, Quarantined } from '#model/claims.ts';
import type { JournalEntry } from '#model/journal.ts';
import type { NodeConfig } from '#model/node-config.ts';
import { rangeContains } from '#model/range.ts';
import type { Interface } from '#model/resources.ts';
import type { Desired, Memory, Snapshot } from '#model/snapshot.ts';
import type { AnnouncementSink, Clock } from '#ports.ts';

export interface ClaimsParts {
  readonly sink: AnnouncementSink;
  readonly clock: Clock;
  /** 0…1. */
  readonly random: () => number;
  /** MACs of the other boxes of ours: what they claim is a matter of the election. */
  readonly peers: () => ReadonlySet<string>;
}

export class Claims {
  readonly #parts: ClaimsParts;
  readonly #book: ConflictBook;

  constructor(parts: ClaimsParts, kept: Memory) {
    this.#parts = parts;
    this.#book = new ConflictBook(kept, parts.clock.monotonicMs(), parts.random);
  }

  /** The same array as long as nothing changed. */
  quarantine(): readonly Quarantined[] {
    return this.#book.quarantine();
  }

  /** With what was heard until now: a round comes only when somebody new claims something. */
  duplicates(): readonly Duplicate[] {
    if (!this.#book.isPending()) return [];
    const { sink, clock } = this.#parts;
    this.#book.recount(sink.claims(), clock.monotonicMs(), clock.wallMs());
    return this.#book.duplicates();
  }

  view(): ClaimsView {
    return { duplicates: this.duplicates(), quarantine: this.#book.quarantine() };
  }

  proxies() {
    return this.#book.proxies();
  }

  /** True while time alone may change something within a minute. */
  isPending(): boolean {
    return this.#book.isPending();
  }

  orders(): ClaimOrders {
    return this.#book.orders(this.#parts.clock.monotonicMs());
  }

  /** With what evaluation remembers, what has to survive a restart. */
  memory(memory: Memory): Memory {
    return { ...memory, ...this.#book.memory() };
  }

  /** Takes in what was seen on the wire since the last round. `previous`: the last snapshot. */
  look(conflict: NodeConfig['conflict'], interfaces: readonly Interface[], previous: Snapshot | null): JournalEntry[] {
    const { sink, clock, peers } = this.#parts;
    const wallMs = clock.wallMs();
    let known: NodeAddresses | null = null;
    const isKnown = (address: IpAddress) => {
      known ??= nodeAddresses({ interfaces, deliveredAddresses: new Set(), quarantine: this.quarantine() });
      const inPool = previous?.desired.pools.some(({ ranges }) =>
        ranges.some((range) => rangeContains(range, address)),
      );
      const isOurs = [known.own, known.special, known.taken].some((map) => map.get(address) !== undefined);
      return inPool === true || isOurs;
    };
    const { probe, policy } = conflict;
    const world = { sights: sink.claims(), interfaces, probe, policy, peers: peers(), isKnown };
    const events = this.#book.look({ ...world, nowMs: clock.monotonicMs(), wallMs });
    return events.map((event) => ({ ...event, timeMs: wallMs }));
  }

  /** Forgets claims on addresses that nobody wants any more: whoever has them next probes. */
  retain(desired: Desired, previous: Desired | null): void {
    if (previous && dropped(previous, desired).length === 0) return;
    const wanted = new Set(addressed(desired).flatMap((rows) => rows.map(({ address }) => formatAddress(address))));
    this.#book.retain((ip) => wanted.has(ip));
  }
}

interface Addressed {
  readonly address: IpAddress;
}

function addressed({ allocations, unannounced, announcements }: Desired): readonly (readonly Addressed[])[] {
  return [allocations, unannounced, announcements];
}

/** Addresses that were wanted and have no row of that kind any more. */
function dropped(before: Desired, after: Desired): readonly IpAddress[] {
  const lists = addressed(after);
  return addressed(before).flatMap((rows, i) => {
    const { gone, come } = listChanges(rows, lists[i] ?? []);
    const kept = new Set(come.map(({ address }) => formatAddress(address)));
    return gone.flatMap(({ address }) => (kept.has(formatAddress(address)) ? [] : [address]));
  });
}
