// Looks at advertisements for what other routers do differently, and counts what became of all of them.
// Read RFC 9568 §7.1 before changing this file.
import { RouterDifferences } from '#core/router-differences.ts';
import { type Family, formatAddress } from '#model/address.ts';
import { groupIndex } from '#model/group-index.ts';
import type { DifferenceKind, RouterDifference } from '#model/router-difference.ts';
import { NOT_FOUND, type TableReader } from '#table/table-reader.ts';
import { readI32 } from '#wire/bytes.ts';
import { type VrrpFrame, VrrpVerdict } from '#wire/vrrp.ts';
import { glimpseVrrp, type VrrpGlimpse } from '#wire/vrrp-glimpse.ts';
import { countAdvertisement } from './gauges.ts';
import type { VirtualRouter } from './virtual-router.ts';

/** Drops that say how the sender is set up; the others are damaged, and all the same to whoever looks for the cause. */
const kinds: Readonly<Partial<Record<VrrpVerdict, DifferenceKind>>> = {
  [VrrpVerdict.version]: 'version',
  [VrrpVerdict.ttl]: 'ttl',
  [VrrpVerdict.checksum]: 'checksum',
  [VrrpVerdict.not_peer]: 'not_peer',
  [VrrpVerdict.destination]: 'destination',
  [VrrpVerdict.interval_zero]: 'interval_zero',
};

/** BOUNDED: so many addresses of a list are told. */
const mostListed = 8;

export class DifferenceWatch {
  readonly #gauges: Uint32Array;
  readonly #table: Pick<TableReader, 'findIPv4' | 'findIPv6'>;
  readonly #book = new RouterDifferences();

  /** `gauges`: of `createGauges`. `table`: the addresses of the interface. */
  constructor(gauges: Uint32Array, table: Pick<TableReader, 'findIPv4' | 'findIPv6'>) {
    this.#gauges = gauges;
    this.#table = table;
  }

  /** A frame that says nothing to us. `isOurs`: whether a group takes part in the election on this interface. */
  dropped(
    frame: Uint8Array,
    length: number,
    verdict: VrrpVerdict,
    isOurs: (group: number) => boolean,
    nowMs: number,
  ): void {
    countAdvertisement(this.#gauges, verdict);
    if (!this.#book.hasTime(nowMs)) return;
    const seen = glimpseVrrp(frame, length);
    if (!seen) return;
    const group = groupIndex(seen.virtualRouterId, familyOf(seen.family));
    if (!isOurs(group)) return;
    const what = kinds[verdict] ?? 'malformed';
    const sender = addressText(frame, seen.senderAt, seen.family);
    this.#book.saw({ what, sender, group, ...dropTexts(what, seen) }, nowMs);
  }

  /** An advertisement of a group in which this box takes part, and in what it differs. */
  heard(frame: Uint8Array, heard: VrrpFrame, router: VirtualRouter, kinds: readonly DifferenceKind[], nowMs: number) {
    countAdvertisement(this.#gauges, VrrpVerdict.accepted);
    for (const what of kinds) {
      if (!this.#book.hasTime(nowMs)) return;
      const texts = router.texts(what, heard, () => listText(frame, heard));
      const sender = addressText(frame, heard.senderAt, heard.family);
      this.#book.saw({ what, sender, group: router.group, ...texts }, nowMs);
    }
  }

  /** An advertisement of a virtual router that is none of ours: somebody else's business, unless it lists our addresses. */
  elsewhere(frame: Uint8Array, heard: VrrpFrame, nowMs: number): void {
    countAdvertisement(this.#gauges, 'elsewhere');
    if (heard.priority === 0 || !this.#listsOurs(frame, heard, nowMs) || !this.#book.hasTime(nowMs)) return;
    const group = groupIndex(heard.virtualRouterId, familyOf(heard.family));
    const sender = addressText(frame, heard.senderAt, heard.family);
    this.#book.saw({ what: 'other_id', sender, group, heard: listText(frame, heard) }, nowMs);
  }

  /** What lasts, after a change; looks once a second. */
  takeNews(nowMs: number): readonly RouterDifference[] | null {
    return this.#book.takeNews(nowMs);
  }

  #listsOurs(frame: Uint8Array, { family, count, addressesAt }: VrrpFrame, nowMs: number): boolean {
    for (let entry = 0; entry < count && entry < mostListed; entry++) {
      const at = addressesAt + entry * (family === 4 ? 4 : 16);
      const found =
        family === 4 ? this.#table.findIPv4(readI32(frame, at), nowMs) : this.#table.findIPv6(frame, at, nowMs);
      if (found !== NOT_FOUND) return true;
    }
    return false;
  }
}

function dropTexts(what: DifferenceKind, seen: VrrpGlimpse): { heard: string; own: string } {
  if (what === 'ttl') return { heard: String(seen.ttl), own: '255' };
  if (what !== 'version') return { heard: '', own: '' };
  const by = seen.authentication === 0 ? '' : ` with authentication type ${seen.authentication}`;
  return { heard: `${seen.version}${by}`, own: '3' };
}

function familyOf(family: 4 | 6): Family {
  return family === 4 ? 'IPv4' : 'IPv6';
}

function addressText(frame: Uint8Array, at: number, family: 4 | 6): string {
  const bytes = frame.subarray(at, at + (family === 4 ? 4 : 16));
  return formatAddress({ family: familyOf(family), value: BigInt(`0x${bytes.toHex()}`) });
}

function listText(frame: Uint8Array, { family, count, addressesAt }: VrrpFrame): string {
  const size = family === 4 ? 4 : 16;
  const texts = Array.from({ length: Math.min(count, mostListed) }, (_, i) =>
    addressText(frame, addressesAt + i * size, family),
  );
  return `${texts.join(', ')}${count > mostListed ? ', …' : ''}`;
}
