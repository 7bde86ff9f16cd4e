// What a box tells of addresses, in buckets with digests, so that two boxes find what differs without telling all of it.
import type { Exclusion, PeerRecord } from '#model/records.ts';
import { allBuckets, type Item, recordBuckets } from '#wire/record-sections.ts';
import { textHash } from './text-hash.ts';

export interface Bucket {
  /** Of its items, in whatever order. */
  readonly digest: number;
  readonly items: readonly Item[];
}

/** Items in `allBuckets` buckets. Buckets that did not change are the same objects. */
export interface RecordSet {
  readonly buckets: readonly Bucket[];
  /** Of all records, and of all exclusions. */
  readonly digest: number;
  readonly exclusions: number;
}

const empty: Bucket = { digest: 0, items: [] };
export const emptySet: RecordSet = {
  buckets: Array.from({ length: allBuckets }, () => empty),
  digest: 0,
  exclusions: 0,
};

/** `before`: the set that this one comes after. */
export function recordSet(
  records: readonly Omit<PeerRecord, 'by'>[],
  exclusions: readonly Exclusion[],
  before: RecordSet = emptySet,
): RecordSet {
  const lists: Item[][] = Array.from({ length: allBuckets }, () => []);
  for (const record of records) lists[placeOf(record).bucket]?.push(record);
  lists[recordBuckets] = [...exclusions];
  return setOf(
    lists.map((items, i) => {
      const digest = digestOf(items);
      const old = before.buckets[i];
      return old?.digest === digest ? old : { digest, items };
    }),
  );
}

export function setOf(buckets: readonly Bucket[]): RecordSet {
  const records = buckets.slice(0, recordBuckets);
  const digest = records.reduce((all, bucket) => combine(all, bucket.digest), 0);
  return { buckets, digest, exclusions: buckets[recordBuckets]?.digest ?? 0 };
}

export function digestOf(items: readonly Item[]): number {
  let digest = 0;
  for (const item of items) digest = combine(digest, placeOf(item).digest);
  return digest;
}

/** Exclusive or of 53-bit numbers: the order does not matter. */
function combine(a: number, b: number): number {
  const low = ((a % 0x1_0000_0000) ^ (b % 0x1_0000_0000)) >>> 0;
  const high = (Math.floor(a / 0x1_0000_0000) ^ Math.floor(b / 0x1_0000_0000)) >>> 0;
  return high * 0x1_0000_0000 + low;
}

interface Place {
  readonly bucket: number;
  readonly digest: number;
}

const places = new WeakMap<Item, Place>();

/** Pure memoization: an item never changes. */
export function placeOf(item: Item): Place {
  const known = places.get(item);
  if (known) return known;
  const place =
    'service' in item
      ? { bucket: textHash(item.service) % recordBuckets, digest: textHash(recordText(item)) }
      : { bucket: recordBuckets, digest: textHash(exclusionText(item)) };
  places.set(item, place);
  return place;
}

function recordText({ service, address, sinceMs, node, pool, origin, mark }: Omit<PeerRecord, 'by'>): string {
  return [service, address.family, address.value, sinceMs, node, pool, origin, mark].join('\n');
}

function exclusionText({ address, kind, interface: name, mac, sinceMs }: Exclusion): string {
  return [kind, address.family, address.value, name, mac, sinceMs].join('\n');
}
