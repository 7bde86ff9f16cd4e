// The sets of all boxes that are heard, put together bucket by bucket: a change costs the buckets that it touches.
import type { PeerExclusion, PeerRecord } from '#model/records.ts';
import { type Item, recordBuckets } from '#wire/record-sections.ts';
import { mergeRecords } from './merge-records.ts';
import type { Bucket, RecordSet } from './record-set.ts';

export interface Holding {
  readonly node: string;
  readonly set: RecordSet;
}

interface Merged {
  readonly digests: string;
  readonly records: readonly PeerRecord[];
}

const nothing: readonly PeerRecord[] = [];

export class PeerUnion {
  #buckets: readonly Merged[] = Array.from({ length: recordBuckets }, () => ({ digests: '', records: nothing }));
  #holdings: readonly Holding[] = [];
  #records: readonly PeerRecord[] = nothing;
  #exclusions: readonly PeerExclusion[] = [];
  #exclusionKey = '';

  /** Each service and address once, the earliest. The same list as long as nothing changed. */
  get records(): readonly PeerRecord[] {
    return this.#records;
  }

  get exclusions(): readonly PeerExclusion[] {
    return this.#exclusions;
  }

  /** Whether anything changed. */
  update(holdings: readonly Holding[]): boolean {
    const before = this.#holdings;
    this.#holdings = holdings;
    // Twenty times a second nothing has.
    if (holdings.length === before.length && holdings.every((one, i) => isAs(one, before[i]))) return false;
    const buckets = this.#buckets.map((old, i) => merged(old, holdings, i));
    const hasRecords = buckets.some((bucket, i) => bucket !== this.#buckets[i]);
    if (hasRecords) {
      this.#buckets = buckets;
      this.#records = buckets.flatMap(({ records }) => records);
    }
    return this.#updateExclusions(holdings) || hasRecords;
  }

  #updateExclusions(holdings: readonly Holding[]): boolean {
    const key = holdings.map(({ node, set }) => `${node} ${set.exclusions}`).join('\n');
    if (key === this.#exclusionKey) return false;
    this.#exclusionKey = key;
    this.#exclusions = holdings.flatMap(({ node, set }) =>
      (set.buckets[recordBuckets]?.items ?? []).flatMap((item) => ('kind' in item ? [{ ...item, by: node }] : [])),
    );
    return true;
  }
}

function isAs({ node, set }: Holding, other: Holding | undefined): boolean {
  return other !== undefined && node === other.node && set === other.set;
}

function merged(old: Merged, holdings: readonly Holding[], at: number): Merged {
  const distinct = new Map<number, { readonly node: string; readonly bucket: Bucket }>();
  for (const { node, set } of holdings) {
    const bucket = set.buckets[at];
    if (bucket && bucket.items.length > 0 && !distinct.has(bucket.digest))
      distinct.set(bucket.digest, { node, bucket });
  }
  const digests = [...distinct].map(([digest, { node }]) => `${digest} ${node}`).join();
  if (digests === old.digests) return old;
  const sets = [...distinct.values()].map(({ node, bucket }) => bucket.items.flatMap((item) => recordOf(item, node)));
  // Records that are the same are the same objects, so that a round sees at a glance what came.
  const known = new Map(old.records.map((record) => [textOf(record), record]));
  return { digests, records: mergeRecords(...sets).map((record) => known.get(textOf(record)) ?? record) };
}

function recordOf(item: Item, by: string): readonly PeerRecord[] {
  return 'service' in item ? [{ ...item, by }] : [];
}

function textOf({ service, address, sinceMs, node, pool, origin, mark, by }: PeerRecord): string {
  return [service, address.family, address.value, sinceMs, node, pool, origin, mark, by].join('\n');
}
