// Which rows this node leads, since when, and what changed between two rounds.
import { claimKey } from '#core/claimed.ts';
import { listChanges } from '#core/list-changes.ts';
import { formatAddress } from '#model/address.ts';
import type { Announcement } from '#model/snapshot.ts';
import type { EntryTally } from './entry-tally.ts';
import type { Failovers } from './failovers.ts';
import type { Leading } from './store.ts';

/** BOUNDED: terms of rows that are gone. */
const forgottenTerms = 256;

export class LeadingRows {
  #rows: readonly Announcement[] = [];
  #changes: LeadingRows['changes'] = { gone: [], come: [] };
  /** By `ip%interface`. BOUNDED: rows of the plan. */
  #leading: ReadonlyMap<string, Leading> = new Map();
  /** Counts per row for the life of the process. BOUNDED: `forgottenTerms` more than twice the rows. */
  readonly #terms = new Map<string, number>();
  /** Told of what an election decided; null: there is none. */
  readonly #failovers: Pick<Failovers, 'acquired' | 'lost'> | null;

  constructor(failovers: Pick<Failovers, 'acquired' | 'lost'> | null = null) {
    this.#failovers = failovers;
  }

  /** What is answered. */
  get rows(): readonly Announcement[] {
    return this.#rows;
  }

  /** What came and went in the last round. */
  get changes(): { readonly gone: readonly Announcement[]; readonly come: readonly Announcement[] } {
    return this.#changes;
  }

  /** Takes the rows that are answered after a round. The same map as before when nothing changed. */
  follow(rows: readonly Announcement[], timeMs: number, tally: EntryTally): ReadonlyMap<string, Leading> {
    const { gone, come } = listChanges(this.#rows, rows);
    this.#rows = rows;
    this.#changes = withoutSame(gone, come);
    if (gone.length + come.length === 0) return this.#leading;
    const before = this.#leading;
    const leading = new Map(before);
    for (const row of gone) leading.delete(keyOf(row));
    for (const row of come) {
      const key = keyOf(row);
      const held = before.get(key);
      leading.set(key, held ?? this.#acquired(key, row, timeMs, tally));
    }
    for (const row of gone) {
      const key = keyOf(row);
      const held = before.get(key);
      if (held && !leading.has(key)) tallyLost(row, held, this.#failovers?.lost(row) ?? null, timeMs, tally);
    }
    this.#leading = leading;
    this.#forgetTerms();
    return leading;
  }

  #acquired(key: string, row: Announcement, timeMs: number, tally: EntryTally) {
    const { address, interface: name, services } = row;
    const term = (this.#terms.get(key) ?? 0) + 1;
    this.#terms.set(key, term);
    // Its story is told when it is complete.
    if (this.#failovers?.acquired(row, timeMs)) return { sinceMs: timeMs, term };
    tally.add('leader.acquired', () => {
      const ip = formatAddress(address);
      const fields = { ip, interface: name, services: services.join(' '), term };
      return { ...base(timeMs, ip), message: `Answering for ${ip} on ${name}`, fields };
    });
    return { sinceMs: timeMs, term };
  }

  /** Terms of rows that are gone are worth keeping for a while, not for ever. */
  #forgetTerms(): void {
    if (this.#terms.size <= 2 * this.#leading.size + forgottenTerms) return;
    for (const key of this.#terms.keys()) if (!this.#leading.has(key)) this.#terms.delete(key);
  }
}

/** A row whose services changed is the same address on the same interface. */
function withoutSame(gone: readonly Announcement[], come: readonly Announcement[]): LeadingRows['changes'] {
  if (gone.length === 0 || come.length === 0) return { gone, come };
  const [before, after] = [new Set(gone.map(keyOf)), new Set(come.map(keyOf))];
  return { gone: gone.filter((row) => !after.has(keyOf(row))), come: come.filter((row) => !before.has(keyOf(row))) };
}

function tallyLost(
  row: Announcement,
  { sinceMs, term }: Leading,
  why: ReturnType<Failovers['lost']>,
  timeMs: number,
  tally: EntryTally,
): void {
  const { address, interface: name } = row;
  tally.add('leader.lost', () => {
    const ip = formatAddress(address);
    const fields = { ip, interface: name, term, heldSeconds: (timeMs - sinceMs) / 1000, ...why };
    const cause = why ? `${why.to === null ? '' : `, ${why.to} takes over`}: ${why.cause}` : '';
    return { ...base(timeMs, ip), message: `No longer answering for ${ip} on ${name}${cause}`, fields };
  });
}

function keyOf({ address, interface: name }: Announcement): string {
  return claimKey(formatAddress(address), name);
}

function base(timeMs: number, ip: string) {
  return { timeMs, severity: 'info' as const, object: `ip/${ip}` };
}
