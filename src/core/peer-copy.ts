// What is held of another box's records: fetched bucket by bucket, used only once it is whole.
import { allBuckets, foldDigest, type Item, recordBuckets, type Section, type Want } from '#wire/record-sections.ts';
import { type Bucket, digestOf, emptySet, placeOf, type RecordSet, setOf } from './record-set.ts';

interface Partial {
  readonly digest: number;
  readonly parts: (readonly Item[] | undefined)[];
}

export class PeerCopy {
  readonly #buckets: Bucket[] = [...emptySet.buckets];
  /** BOUNDED: buckets. */
  readonly #partials = new Map<number, Partial>();
  /** What the box said last of its set. Null: nothing yet. */
  #told: { readonly digest: number; readonly exclusions: number } | null = null;
  #whole: RecordSet | null = null;

  /** The last set that was whole; null: none yet. */
  whole(): RecordSet | null {
    return this.#whole;
  }

  /** Whether what the box said last is what is held. */
  isCurrent(): boolean {
    const { digest, exclusions } = this.#told ?? {};
    return this.#whole !== null && this.#whole.digest === digest && this.#whole.exclusions === exclusions;
  }

  /** What the box says of its set. `known`: sets that may be the same, to be taken over without being fetched. */
  tell(digest: number, exclusions: number, known: Iterable<RecordSet>): void {
    this.#told = { digest, exclusions };
    if (this.isCurrent()) return;
    if (setOf(this.#buckets).digest !== digest) {
      for (const set of known) {
        if (set.digest !== digest) continue;
        for (let i = 0; i < recordBuckets; i++) this.#replace(i, set.buckets[i]);
        break;
      }
    }
    this.#settle();
  }

  want(salt: number): Want {
    return { salt, folds: this.#buckets.map(({ digest }) => foldDigest(digest, salt)) };
  }

  /** Takes a part in. A bucket counts once all its parts are there and have the digest that was said. */
  take(section: Section): void {
    const { bucket, part, parts, digest, items } = section;
    if (bucket >= allBuckets || items.some((item) => placeOf(item).bucket !== bucket)) return;
    let partial = this.#partials.get(bucket);
    if (!partial || partial.digest !== digest || partial.parts.length !== parts) {
      partial = { digest, parts: Array.from({ length: parts }) };
      this.#partials.set(bucket, partial);
    }
    partial.parts[part] = items;
    if (partial.parts.includes(undefined)) return;
    this.#partials.delete(bucket);
    const all = partial.parts.flatMap((some) => some ?? []);
    if (digestOf(all) !== digest) return;
    this.#replace(bucket, { digest, items: all });
    this.#settle();
  }

  #replace(at: number, bucket: Bucket | undefined): void {
    if (bucket && this.#buckets[at]?.digest !== bucket.digest) this.#buckets[at] = bucket;
  }

  #settle(): void {
    if (this.#told === null) return;
    const set = setOf([...this.#buckets]);
    if (set.digest === this.#told.digest && set.exclusions === this.#told.exclusions) this.#whole = set;
  }
}

/** The buckets that somebody lacks who says this of what it has. */
export function lackedBuckets(
  set: RecordSet,
  { salt, folds }: Want,
): readonly (Bucket & { readonly bucket: number })[] {
  return set.buckets.flatMap((bucket, i) =>
    folds[i] === foldDigest(bucket.digest, salt) ? [] : [{ ...bucket, bucket: i }],
  );
}
