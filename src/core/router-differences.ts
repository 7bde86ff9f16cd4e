// Keeps what other routers do differently from this box, until they cease to: bounded, whatever is on the LAN.
// Read RFC 9568 §7.1 before changing this file.
import { type DifferenceKind, differenceKinds, type RouterDifference } from '#model/router-difference.ts';

/** A difference that lasts as long is one: until then a reload or a start is under way. */
const lastingMs = 5000;
/** A router that fell silent may be dead or corrected; longer than the longest interval of an advertisement. */
const holdMs = 60_000;
/** BOUNDED: differences of one interface; of more routers than that nobody reads. */
const mostKnown = 64;
/** BOUNDED: advertisements a second that are looked at for differences; more are a flood, and are counted elsewhere. */
const mostLooks = 256;

export interface Sight {
  readonly what: DifferenceKind;
  readonly sender: string;
  readonly group: number;
  readonly heard?: string;
  readonly own?: string;
}

interface Known {
  readonly what: DifferenceKind;
  readonly sender: string;
  /** When it was seen last, by group. BOUNDED: groups of the interface. */
  readonly groups: Map<number, number>;
  readonly firstMs: number;
  lastMs: number;
  heard: string;
  own: string;
}

export class RouterDifferences {
  /** By kind and sender. */
  readonly #known = new Map<string, Known>();
  #second = Number.NEGATIVE_INFINITY;
  #looks = 0;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #told = '[]';

  /** Whether there is time to look at another advertisement within this second. */
  hasTime(nowMs: number): boolean {
    if (nowMs - this.#second >= 1000) {
      this.#second = nowMs;
      this.#looks = 0;
    }
    return ++this.#looks <= mostLooks;
  }

  saw({ what, sender, group, heard = '', own = '' }: Sight, nowMs: number): void {
    const key = `${what} ${sender}`;
    const known = this.#known.get(key);
    if (known) {
      known.lastMs = nowMs;
      known.groups.set(group, nowMs);
      known.heard = heard;
      known.own = own;
    } else if (this.#known.size < mostKnown) {
      const groups = new Map([[group, nowMs]]);
      this.#known.set(key, { what, sender, groups, firstMs: nowMs, lastMs: nowMs, heard, own });
    }
  }

  /** What lasts, when that is something else than at the last call; else null. Looks once a second. */
  takeNews(nowMs: number): readonly RouterDifference[] | null {
    if (nowMs - this.#lookedMs < 1000) return null;
    this.#lookedMs = nowMs;
    if (this.#known.size === 0 && this.#told === '[]') return null;
    const list = this.#list(nowMs);
    const text = JSON.stringify(list);
    if (text === this.#told) return null;
    this.#told = text;
    return list;
  }

  #list(nowMs: number): readonly RouterDifference[] {
    const lasting: Known[] = [];
    for (const [key, known] of this.#known) {
      for (const [group, seenMs] of known.groups) if (nowMs - seenMs > holdMs) known.groups.delete(group);
      if (nowMs - known.lastMs > holdMs) this.#known.delete(key);
      else if (known.lastMs - known.firstMs >= lastingMs) lasting.push(known);
    }
    const rank = (one: Known) => differenceKinds.indexOf(one.what);
    return lasting
      .sort((a, b) => rank(a) - rank(b) || (a.sender < b.sender ? -1 : 1))
      .map(({ what, sender, groups, heard, own }) => {
        return { what, sender, groups: [...groups.keys()].sort((a, b) => a - b), heard, own };
      });
  }
}
