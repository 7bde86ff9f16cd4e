// Which rows of the plan are answered now: what is still probed for is not.
import { listChanges } from '#core/list-changes.ts';
import { formatAddress } from '#model/address.ts';
import type { ClaimSight } from '#model/claims.ts';
import type { Announcement } from '#model/snapshot.ts';

interface Live {
  readonly list: readonly string[];
  readonly addresses: Set<string>;
}

export class AnsweredRows {
  /** By interface. BOUNDED: interfaces that are captured on. */
  #live = new Map<string, Live>();
  #announcements: readonly Announcement[] | null = null;
  #answered: readonly Announcement[] = [];

  /** The same list as before when nothing changed. */
  of(announcements: readonly Announcement[], sights: readonly ClaimSight[]): readonly Announcement[] {
    const before = this.#live;
    this.#live = new Map(sights.map((sight) => [sight.interface, liveOf(sight, before.get(sight.interface))]));
    const same =
      announcements === this.#announcements &&
      before.size === sights.length &&
      sights.every(({ interface: name, live }) => before.get(name)?.list === live);
    if (same) return this.#answered;
    this.#announcements = announcements;
    this.#answered = announcements.filter((row) =>
      this.#live.get(row.interface)?.addresses.has(formatAddress(row.address)),
    );
    return this.#answered;
  }
}

function liveOf({ live: list }: ClaimSight, before: Live | undefined): Live {
  if (!before) return { list, addresses: new Set(list) };
  const { gone, come } = listChanges(before.list, list);
  for (const ip of gone) before.addresses.delete(ip);
  for (const ip of come) before.addresses.add(ip);
  return { list, addresses: before.addresses };
}
